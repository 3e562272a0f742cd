"""What the room could do better: each limit, and nothing of what is not known."""

import pytest

WARM, COLD, BRIGHT, LOUD, DRY = range(5)


def advice(worker, *values):
    given = {"values": values}
    source = "from firmware.rituals.advice import advice\nresult = advice(*values)"
    return [tuple(found) for found in worker.call("snippet:run", source, given)]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((None, None, None, None), []),
        ((10_000, 2100, 30, 350), []),
        ((10_000, 1600, 30, 350), []),
        ((10_001, 2101, 29, 351), [WARM, BRIGHT, LOUD, DRY]),
        ((0, 1599, 100, 0), [COLD]),
    ],
)
def test_each_limit_is_told_beside_what_was_measured(worker, values, found):
    told = advice(worker, *values)
    assert [kind for kind, *_ in told] == found
    light, warmth, dryness, level = values
    right = {WARM: (warmth, 2100), COLD: (warmth, 1600), BRIGHT: (light, 10_000)}
    right |= {LOUD: (level, 300), DRY: (dryness, 30)}
    assert [row[1:] for row in told] == [right[kind] for kind in found]
