"""Which time of the clock chip safe mode and the night believe."""

import pytest
from sleepsync.simulate import put_new_puck
from whole_puck import in_the_vm

HOUR_S = 3600


@pytest.mark.parametrize(
    ("first_s", "second_s", "believed"),
    [
        (100, 100, True),
        (100, 101, True),
        (100, 102, False),
        (100, 99, False),
        (HOUR_S - 1, HOUR_S - 1, True),
        (HOUR_S, HOUR_S, False),
        (1 - HOUR_S, 1 - HOUR_S, True),
        (-HOUR_S, -HOUR_S, False),
    ],
)
def test_a_time_that_survived_gives_way_only_to_two_like_readings_within_the_hour(
    run_in, bed, first_s, second_s, believed
):
    """The readings are seconds ahead of the puck's own time."""
    put_new_puck(bed)
    lines = f"""
from firmware.clock import Clock, take_time
from hw.essentials import Essentials
puck, clock_ = Essentials(), Clock(time)
own_s = clock_.wall_s()
readings = [own_s + {first_s}, own_s + {second_s}]
puck.clock_chip.read_s = lambda: readings.pop(0)
take_time(clock_, puck)
result = [own_s > 0, clock_.wall_s() - own_s]
"""
    known, moved_s = in_the_vm(run_in, bed, lines)
    assert known
    assert abs(moved_s - (first_s if believed else 0)) <= 1
