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

# exp(-(d / 120)^2 / 2) - 0.75 exp(-(d / 600)^2 / 2), for |d| <= 142 s and 0 beyond: the mean
# over the 30 s of an epoch k away, Q10, after the published hr_feature of sleep-accel (the
# same doi). The last holds the 7 s of its epoch that the kernel still reaches.
_RATE_KERNEL_Q10 = array("h", (253, 223, 138, 13, -132, -56))
_MOST_Q8 = const(4095)  # 16 times the night's 90th percentile: no true rate strays further


def activity_q8(counts, at: int) -> int:
    """Gaussian mean of `counts` (array; UNHEARD where unknown) about epoch `at`, Q8.

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
    return (total << 8) // weights


def heart_deviation(rates_dbpm) -> array:
    """How restless the heart rate is about each epoch of a whole night: array "h" of Q8.

    `rates_dbpm`: array, the rate of each epoch in 0.1 /min (0: unknown; at most 2000). The
    answer is the standard deviation over 19 epochs (fewer at the ends) of the rate's quick
    part, divided by the 90th percentile of that part over the night, so it has no unit; 0 for
    a rate that never changes, UNHEARD where none of the epochs about has a rate.

    This is the morning's exact form of sleep-accel's hr_feature: it looks ahead and knows the
    night's percentile. It differs from the published one in that it works on means of 30 s,
    not on 1 Hz: its windows are 570 s, not 600, and the rate between beats is already lost.
    """
    if not any(rates_dbpm):
        return array("h", b"\xff\xff" * len(rates_dbpm))  # UNHEARD
    quick = _quick_part(_without_mean(_filled(rates_dbpm)))
    _to_percentile_q8(quick)
    return _spread(quick, rates_dbpm)


def heart_restlessness(rates_dbpm, at: int) -> int:
    """How restless the heart rate is about epoch `at` of a stretch: as `heart_deviation`, but
    in 1/80 /min and not divided, so that it can be told before the night is over.

    UNHEARD where none of the epochs about has a rate. The stretch should reach 14 epochs to
    either side; where it ends sooner it is mirrored.
    """
    quick = _quick_part(_without_mean(_filled(rates_dbpm)))
    return _spread(quick, rates_dbpm)[at]


def _filled(rates_dbpm):
    """The rates with straight lines across what is unknown, and level ends."""
    filled = array("h", rates_dbpm)
    last = -1
    for i, rate in enumerate(rates_dbpm):
        if rate:
            before = filled[last] if last >= 0 else rate
            for k in range(last + 1, i):
                filled[k] = before + (rate - before) * (k - last) // (i - last)
            last = i
    for k in range(last + 1, len(filled)):
        filled[k] = filled[last]
    return filled


def _without_mean(rates):
    """In place: in 1/8 of 0.1 /min, so that the mean's own rounding does not show."""
    mean = (sum(rates) << 3) // len(rates)
    for i in range(len(rates)):
        rates[i] = (rates[i] << 3) - mean
    return rates


def _quick_part(rates):
    """Through the kernel, edges mirrored: of rates within +-16000, within +-21500."""
    n = len(rates)
    quick = array("h", bytes(2 * n))
    for i in range(n):
        total = _RATE_KERNEL_Q10[0] * rates[i]
        for k in range(1, len(_RATE_KERNEL_Q10)):
            total += _RATE_KERNEL_Q10[k] * (rates[_mirrored(i - k, n)] + rates[_mirrored(i + k, n)])
        quick[i] = total >> 10
    return quick


def _mirrored(i, n):
    """Index `i` of a row that is mirrored at both edges; a short row holds its ends."""
    if i < 0:
        i = -1 - i
    elif i >= n:
        i = 2 * n - 1 - i
    return max(0, min(n - 1, i))


def _to_percentile_q8(quick):
    """In place: Q8 of the 90th percentile of its size."""
    unit = sorted([abs(value) for value in quick])[(len(quick) - 1) * 9 // 10] or 1
    for i, value in enumerate(quick):
        quick[i] = max(-_MOST_Q8, min(_MOST_Q8, (value << 8) // unit))


def _spread(values, rates_dbpm):
    """Standard deviations over +-REACH epochs by running sums, where any rate is known."""
    n = len(values)
    found = array("h", b"\xff\xff" * n)  # UNHEARD
    count = known = total = squares = 0
    for i in range(-REACH, n):
        enters, leaves = i + REACH, i - REACH - 1
        if enters < n:
            count += 1
            known += rates_dbpm[enters] != 0
            total += values[enters]
            squares += values[enters] * values[enters]
        if leaves >= 0:
            count -= 1
            known -= rates_dbpm[leaves] != 0
            total -= values[leaves]
            squares -= values[leaves] * values[leaves]
        if i >= 0 and known:
            mean = (total + count // 2) // count
            found[i] = _root((squares - mean * (2 * total - count * mean)) // count)
    return found


def _root(square):
    """The whole square root of 0 to 32767 squared, rounded down: Newton's way from above."""
    if square < 2:
        return square
    root = 1 << 15
    while True:
        better = (root + square // root) >> 1
        if better >= root:
            return root
        root = better
