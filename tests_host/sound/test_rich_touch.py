"""Rich touch wants only what the lane of touch can pay for, and is felt as it is called."""

import numpy as np
import pytest
from rendering import FACTS, feel, levels
from sleepsync.scenes.kinds import Around
from sleepsync.scenes.rich_touch import EFFECTS, RICH
from sleepsync.scenes.uses import MOST

pytestmark = pytest.mark.sound

TICKS_PER_S = 25
WIND_DOWN, EARLY = Around(600, most=MOST["wind-down"]), Around(300, most=MOST["early"])
MODULES = {"effect": "pattern", "wave": "pattern", "ladder": "ladder", "heartbeat": "heartbeat"}
CASES = {
    **{
        f"{pace} breaths": ("wave", {"breaths_per_min": pace, "strength": 1})
        for pace in range(4, 16)
    },
    **{f"{name} again": ("effect", {"effect": name, "every_s": 2}) for name in EFFECTS},
    "a tick-tock": ("effect", {"effect": "tick-tock", "every_s": 1}),
    "one click": ("effect", {"effect": "click"}),
    "a ladder": ("ladder", {"over_min": 4}),
    "a steep ladder": ("ladder", {"over_min": 0.5, "rungs": 2, "every_s": [2, 1.2]}),
    "a heart": ("heartbeat", {"strength": 0.6}),
    "a quick heart": ("heartbeat", {"strength": 1, "floor_bpm": 100}),
}


def compiled(kind, entry, around):
    return RICH[kind].compiled(entry, around)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("around", [WIND_DOWN, EARLY], ids=["wind-down", "early"])
def test_the_lane_takes_nothing_away(worker, name, around):
    kind, entry = CASES[name]
    numbers = compiled(kind, entry, around)
    facts = (7, 180, 0, around.length_s)
    ticks = around.length_s * TICKS_PER_S
    wanted, felt, breaches = feel(worker, MODULES[kind], numbers, ticks, around.most.touch, facts)
    assert breaches == []
    assert (felt == wanted).all()
    assert 0 < felt.max() <= around.most.touch


def test_a_wave_swells_and_ebbs():
    played, beat, until = compiled("wave", {"breaths_per_min": 6, "strength": 0.75}, WIND_DOWN)
    wave = np.array(list(played) + [0] * (beat - len(played)))
    assert (beat, until, wave.max()) == (250, 0, 48)
    inwards, outwards = wave[:100], wave[100:]
    taps_in, taps_out = np.flatnonzero(inwards), np.flatnonzero(outwards)
    assert set(np.diff(taps_in)) == {3}
    assert set(np.diff(taps_out)) == {6}
    assert (np.diff(inwards[taps_in]) > 0).mean() > 0.8
    assert (np.diff(outwards[taps_out]) <= 0).all()
    assert taps_in[0] > 10
    assert taps_out[-1] < 130


def test_a_heart_begins_as_the_sleeper_s_and_slows_down(worker):
    numbers = (60, 30, 10, 50)
    for rate_bpm, first in ((75, 20), (0, 25), (200, 15), (40, 30)):
        found = levels(worker, "heartbeat", numbers, range(4000), (7, rate_bpm, 0, 600))
        beats = np.diff(np.flatnonzero((found == 60) & (np.r_[0, found[:-1]] != 60)))
        assert beats[0] == first
        assert beats[-1] == 30
        assert set(np.diff(beats)) <= {0, 1}
        counts = np.bincount(beats)
        assert set(counts[first:30]) <= {10}
        assert (found == 30).sum() == pytest.approx((found == 60).sum() / 2, abs=1)


def test_a_ladder_grows_stronger_and_closer(worker):
    numbers = compiled("ladder", {"over_min": 4}, EARLY)
    found = levels(worker, "ladder", numbers, range(8000))
    starts = np.flatnonzero((found > 0) & (np.r_[0, found[:-1]] == 0))
    pairs = starts[::2]
    assert (starts[1::2] - pairs == 7)[:-1].all()
    strengths = found[pairs]
    assert (strengths[0], strengths[-1]) == (30, 100)
    assert (np.diff(strengths) >= 0).all()
    gaps = np.diff(pairs)
    assert (gaps[0], gaps[-1]) == (300, 50)
    assert gaps[-40:].max() == 50


def test_effects_are_told_apart():
    played = {
        name: compiled("effect", {"effect": name}, Around(9, most=MOST["alarm"]))[0]
        for name in EFFECTS
    }
    assert len(set(played.values())) == len(EFFECTS)
    assert list(played["hum up"]) == sorted(played["hum up"])
    assert list(played["hum down"]) == sorted(played["hum down"], reverse=True)
    assert max(map(len, played.values())) <= TICKS_PER_S


def test_after_its_time_it_is_still(worker):
    entry = {"effect": "click", "every_s": 1, "until_s": 5}
    found = levels(worker, "pattern", compiled("effect", entry, WIND_DOWN), range(1000), FACTS)
    assert np.flatnonzero(found).tolist() == [0, 25, 50, 75, 100]


@pytest.mark.parametrize(
    ("kind", "entry", "remedy"),
    [
        ("effect", {"effect": "hum up", "every_s": 0.2}, "let every_s be longer"),
        ("effect", {"effect": "hum up", "every_s": 1}, "22 % at most"),
        ("ladder", {"over_min": 4, "every_s": [9, 1]}, "1.08 s at least"),
    ],
)
def test_what_the_lane_would_rest_for_is_refused(kind, entry, remedy):
    with pytest.raises(ValueError, match=remedy):
        compiled(kind, entry, WIND_DOWN)
