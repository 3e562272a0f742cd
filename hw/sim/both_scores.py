"""Scores a journal again, for a VM that cannot be called into.

    both_scores.py JOURNAL

Prints [the live scores, the morning's] as one line of JSON.
"""

import json
import sys

import replay

found = replay.read(sys.argv[1])
print(json.dumps([[list(score) for score in found[of]] for of in ("rescored", "morning")]))


def step() -> bool:
    """Nothing more to do."""
    return False
