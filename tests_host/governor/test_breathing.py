"""Scenes that breathe: what the real lane emits of them rises and falls as often as they say."""

import numpy as np
import pytest
from acting import LIGHT, TOUCH
from shining import photopic_mlx

TICKS_PER_MIN = 1500
FIRST_S = 30  # until the light has come up from the dark
SHOWN = (
    LIGHT
    + """
from firmware.bedside.renderers import Facts, made
from firmware.bedside.scenes import named
scene = named(name)
def light():
    return made(0, scene.number, Facts(1, 60, 0, scene.length_s))
lane.begin(light(), 10000, False, scene.length_s * 25, 100000)
emitted, wanted = shown(lane, ticks), bytearray()
frame, colour = bytearray(72), light()
for tick in range(ticks):
    colour.frame(tick, frame)
    wanted.extend(frame)
result = [emitted, bytes(wanted)]
"""
)
FELT = (
    TOUCH
    + """
from firmware.bedside.renderers import Facts, made
from firmware.bedside.scenes import named
scene = named(name)
lane.begin(made(2, scene.number, Facts(1, 60, 0, scene.length_s)), 64, scene.length_s * 25, 100000)
result = felt(lane)
"""
)
COLOUR = """
from firmware.bedside.colour import Colour
colour, frame, result = Colour((0, 10, 0), (0, 250, 0), 0, 100), bytearray(72), []
for tick in range(201):
    colour.frame(tick, frame)
    result.append(sum([frame[i] for i in range(1, 72, 3)]))
"""
PACES = (14, 12, 10, 9, 8, 7, 6)


@pytest.fixture(scope="module", params=PACES, ids=lambda pace: f"breathe {pace}")
def breathing(request, worker):
    """(breaths a minute, mlx emitted in each tick, mlx wanted) once the light has come up."""
    given = {"name": f"breathe {request.param}", "ticks": FIRST_S * 25 + 2 * TICKS_PER_MIN}
    emitted, wanted = worker.call("snippet:run", SHOWN, given)
    return request.param, *(photopic_mlx(frames)[FIRST_S * 25 :] for frames in (emitted, wanted))


def parts(levels):
    """How strong each number of waves a minute is, from 0 on; of two whole minutes."""
    return np.abs(np.fft.rfft(levels - levels.mean()))


def test_the_light_breathes_so_many_times_a_minute(breathing):
    pace, emitted, _ = breathing
    assert np.argmax(parts(emitted)) == 2 * pace


def test_the_lane_follows_it(breathing):
    """Nearly as deep as it was meant to be, and no breath is cut flat."""
    pace, emitted, wanted = breathing
    assert parts(emitted)[2 * pace] > 0.93 * parts(wanted)[2 * pace]
    breaths = np.array_split(emitted, 2 * pace)
    assert min(breath.max() for breath in breaths) > 0.93 * wanted.max()
    assert parts(emitted)[4 * pace] < 0.2 * parts(emitted)[2 * pace]


def test_its_depth_can_be_seen_and_its_light_is_faint(breathing):
    _, emitted, _ = breathing
    assert emitted.max() >= 1.9 * emitted.min() > 0
    assert emitted.max() <= 1000


def test_slower_breaths_are_deeper(worker):
    given = {"name": "", "ticks": FIRST_S * 25 + TICKS_PER_MIN}
    depths = []
    for pace in PACES:
        emitted, _ = worker.call("snippet:run", SHOWN, {**given, "name": f"breathe {pace}"})
        depths.append(np.ptp(photopic_mlx(emitted)[FIRST_S * 25 :]))
    assert depths == sorted(depths)
    assert depths[-1] > 3 * depths[0]


@pytest.mark.parametrize("pace", PACES)
def test_each_turn_is_felt_at_first(worker, pace):
    """The lane's budget takes nothing away, and after 40 s the pulse is left alone."""
    levels = np.array(worker.call("snippet:run", FELT, {"name": f"breathe {pace}"}))
    starts = np.flatnonzero((levels > 0) & (np.r_[0, levels[:-1]] == 0))
    beat = round(TICKS_PER_MIN / pace)
    turns = [t for i in range(15) for t in (i * beat, i * beat + beat * 2 // 5) if t < 1000]
    assert starts.tolist() == turns
    assert set(levels[levels > 0]) == {50}
    assert 2 * len(starts) <= (levels > 0).sum() <= 3 * len(starts)


def test_a_breath_turns_softly_and_goes_out_longer_than_in(worker):
    levels = np.array(worker.call("snippet:run", COLOUR, {})) / 24
    assert levels[:3].tolist() == pytest.approx([10, 10.4, 11.7], abs=0.7)
    assert levels[[0, 40, 100, 140, 200]].tolist() == [10, 250, 10, 250, 10]
    steps = np.diff(levels[:101])
    assert (steps[:40] >= 0).all() and (steps[40:] <= 0).all()
    assert np.abs(np.diff(steps)).max() < 2.5  # of 240: no corner, whole counts apart
    assert levels[20] == pytest.approx(130, abs=1) == levels[70]
