"""What the rules look at: the features of an epoch, from the epochs around it.

This is their only definition: training and the desktop call it too. No float.
"""

from array import array

from micropython import const

REACH = const(9)  # epochs to either side: 285 s before an epoch's start and after its end
UNHEARD = const(-1)  # the counts of an epoch without motion sensor

# exp(-(30 k / 50)^2 / 2), Q12: the weight of an epoch k away, after the published
# count_feature of sleep-accel (Gaussian, sigma 50 s; doi 10.13026/hmhs-py35).
_GAUSS_Q12 = array("h", (4096, 3421, 1994, 811, 230, 46, 6, 1, 0, 0))


def activity_q4(counts, at: int) -> int:
    """Gaussian mean of `counts` (array; UNHEARD where unknown) about epoch `at`, Q4.

    UNHEARD if epoch `at` itself was not heard.
    """
    if counts[at] == UNHEARD:
        return UNHEARD
    total = weights = 0
    for i in range(max(0, at - REACH), min(len(counts), at + REACH + 1)):
        if counts[i] != UNHEARD:
            weight = _GAUSS_Q12[abs(i - at)]
            total += weight * counts[i]
            weights += weight
    return (total << 4) // weights
