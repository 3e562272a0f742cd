"""What a renderer may know when its act begins: the same to a replay, and no two acts alike."""

import pytest

pytestmark = pytest.mark.sound
UNKNOWN = 0
FACTS = """
from loudness import Loudness
from firmware import records
from firmware.bedside import renderers
from firmware.bedside.scenes import named
from firmware.governor.gate import Gate
from firmware.governor.lanes import Lanes
result, made = [], renderers.made
def told(lane, scene, facts):
    result.append([lane, scene] + list(facts))
    return made(lane, scene, facts)
renderers.made = told
gate, lanes, scene = Gate(), Lanes(Loudness()), named("music")
gate.take(records.NIGHT, records.NIGHT.of(records.VERSION, night, start_s, 0))
for rate_dbpm in rates_dbpm:
    gate.take(records.EPOCH, records.EPOCH.of(0, 0, 90, rate_dbpm, *[0] * 12))
for number in numbers:
    act = records.ACT.of(90000, number, 240, 10000, 5000, 0)
    for lane in (0, 1):
        lanes.begin(lane, act, scene, gate)
"""


def facts(run_in, night=5, start_s=848_527_200, rates_dbpm=(), numbers=(1,)):
    """[lane, scene, seed, rate_bpm, wall_s, length_s] of each lane of each act."""
    given = {"night": night, "start_s": start_s, "rates_dbpm": rates_dbpm, "numbers": numbers}
    return run_in(FACTS, **given)


def test_a_renderer_knows_heart_hour_and_length(run_in):
    (_, scene, _, rate_bpm, wall_s, length_s), _ = facts(run_in, rates_dbpm=[700, 584])
    assert (scene, rate_bpm, wall_s, length_s) == (21, 58, 848_527_200 + 90, 240)


@pytest.mark.parametrize("rates_dbpm", [[], [600, 0]])
def test_a_heart_that_is_not_known_is_none(run_in, rates_dbpm):
    assert facts(run_in, rates_dbpm=rates_dbpm)[0][3] == UNKNOWN


def test_an_hour_that_is_not_known_is_none(run_in):
    assert facts(run_in, start_s=0)[0][4] == UNKNOWN


def test_every_act_of_every_night_has_a_seed_of_its_own(run_in):
    numbers = list(range(1, 40))
    seeds = [row[2] for night in (5, 6) for row in facts(run_in, night, numbers=numbers)[::2]]
    assert len(set(seeds)) == len(seeds) == 78
    assert all(0 < seed < 1 << 30 for seed in seeds)
    assert seeds[:39] == [row[2] for row in facts(run_in, 5, numbers=numbers)[1::2]]
