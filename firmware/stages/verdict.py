"""From the network's answers to what is said of an epoch: probabilities, and a stage."""

from array import array

from firmware import records
from firmware.stages.powers import exp2_q14

CLASSES = (records.WAKE, records.LIGHT, records.DEEP, records.REM)
_WHOLE = 255  # what the probabilities of an epoch add up to


def probabilities(answers) -> array:
    """Of wake, light, deep and REM in 1/255, 255 together. `answers`: 256 log2 of their odds."""
    most = max(answers)
    shares = [exp2_q14(answer - most) for answer in answers]
    total = sum(shares)
    found = array("B", [share * _WHOLE // total for share in shares])
    found[best(answers)] += _WHOLE - sum(found)
    return found


def stage(answers, leaning) -> int:
    """The stage that serves agreement best: rare ones are given `leaning`, in the same unit.

    Without it an epoch would nearly always be called light, since most are.
    """
    return CLASSES[best([answer + more for answer, more in zip(answers, leaning)])]


def best(row) -> int:
    """Where in a row its highest stands, the first of equals."""
    at = 0
    for i in range(1, len(row)):
        if row[i] > row[at]:
            at = i
    return at
