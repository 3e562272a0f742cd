"""What the bench says of a night's light, sound and touch: well of the puck, and ill of one without
a ceiling.
"""

import pytest
from changed_puck import change
from sleepsync.bench import emissions
from sleepsync.simulate import run_puck
from sleepsync.world import from_library, write_world

_HOURS = 0.03
_LINES = ["20:import puck", "30:puck.ask('chime')", "45:puck.ask('nudge')"]
_PRESSES = ["60:2500", "85:100"]
_LANES = "firmware/governor/lanes.py"
_CEILINGS = {
    "light": ("(renderer, act.light_mlx,", "(renderer, 300000,"),
    "sound": ("(renderer, act.sound_cdb,", "(renderer, 5000,"),
    "touch": ("act.touch, ticks", "127, ticks"),
}


def judged(folder, changes):
    write_world(from_library("restless", 1, _HOURS), folder)
    change(folder, changes)
    run_puck(folder, type=_LINES, press=_PRESSES)
    return emissions.judged(folder)


def test_the_puck_stays_within_every_limit(tmp_path):
    found = judged(tmp_path, {})
    assert (found.breaches, found.acts) == ([], 3)
    assert 0.3 < found.flicker < 1
    for share in (found.light, found.sound, found.touch):
        assert 0.5 < share <= 1


@pytest.mark.parametrize("lane", _CEILINGS)
def test_a_ceiling_that_is_gone_is_found_out(lane, tmp_path):
    found = judged(tmp_path, {_LANES: _CEILINGS[lane]})
    assert found.breaches
    assert getattr(found, lane) > 1
    assert all(breach.startswith(lane) for breach in found.breaches)
