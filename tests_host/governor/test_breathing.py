"""Scenes that breathe: what the real lane emits of them opens and shuts as often as they say."""

import numpy as np
import pytest
from acting import LIGHT, TOUCH
from shining import lights, photopic_mlx

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
def touch():
    return made(2, scene.number, Facts(1, 60, 0, scene.length_s))
lane.begin(touch(), 64, scene.length_s * 25, 100000)
it = touch()
result = [felt(lane), [it.level(tick) for tick in range(scene.length_s * 25)]]
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
    """(breaths a minute, frames emitted, frames wanted) once the light has come up."""
    given = {"name": f"breathe {request.param}", "ticks": FIRST_S * 25 + 2 * TICKS_PER_MIN}
    emitted, wanted = worker.call("snippet:run", SHOWN, given)
    return request.param, emitted[72 * FIRST_S * 25 :], wanted[72 * FIRST_S * 25 :]


def open_share(frames):
    """How far the ring is open: of how many of its lights, as if alike, the light comes."""
    red = lights(frames)[:, :, 1]
    return red.sum(1) ** 2 / (red**2).sum(1) / 24


def parts(levels):
    """How strong each number of waves a minute is, from 0 on; of two whole minutes."""
    return np.abs(np.fft.rfft(levels - levels.mean()))


def test_the_ring_opens_so_many_times_a_minute(breathing):
    pace, emitted, _ = breathing
    assert np.argmax(parts(open_share(emitted))) == 2 * pace


def test_the_lane_follows_it(breathing):
    """As deep as it was meant to be; a light waits for a count at most, and hardly ever."""
    _, emitted, wanted = breathing
    lag = np.abs(lights(emitted) - lights(wanted))
    assert lag.max() <= 2
    assert (lag > 0).mean() < 0.015
    assert np.abs(open_share(emitted) - open_share(wanted)).mean() < 0.01


def test_its_depth_can_be_seen_at_any_pace(breathing):
    pace, emitted, _ = breathing
    breaths = np.array_split(open_share(emitted), 2 * pace)
    assert max(breath.min() for breath in breaths) < 0.5
    assert min(breath.max() for breath in breaths) > 0.85


def test_it_is_faint_and_the_ring_as_a_whole_hardly_breathes(breathing):
    _, emitted, _ = breathing
    levels = photopic_mlx(emitted)
    assert 420 < levels.min() < levels.max() < 580


def test_one_pace_goes_over_into_the_next_without_a_dip(worker):
    source = (
        SHOWN[: SHOWN.index("lane.begin")]
        + """
out = bytearray()
for name in names:
    scene = named(name)
    lane.begin(light(), 10000, False, 5000, 100000)
    out.extend(shown(lane, 700))
result = bytes(out)
"""
    )
    names = ["breathe 14", "breathe 12", "breathe 6"]
    given = {"names": names, "name": names[0]}
    levels = photopic_mlx(worker.call("snippet:run", source, given))
    assert levels[400:].min() > 380


@pytest.mark.parametrize("pace", PACES)
def test_a_wave_is_felt_at_first_and_swells_with_the_breath(worker, pace):
    """The lane's budget takes nothing away, and after 40 s the pulse is left alone."""
    felt, wanted = worker.call("snippet:run", FELT, {"name": f"breathe {pace}"})
    assert felt[: len(wanted)] == wanted
    levels = np.array(felt)
    assert not levels[1000:].any()
    beat = round(TICKS_PER_MIN / pace)
    turn = beat * 2 // 5
    wave = levels[:beat]
    taps_in, taps_out = (part[part > 0] for part in (wave[:turn], wave[turn:]))
    assert len(taps_in) >= 9 and len(taps_out) >= 8
    assert (np.diff(taps_in) >= 0).all() and (np.diff(taps_out) <= 0).all()
    assert taps_in[-1] > 2.5 * taps_in[0]
    assert max(taps_in[0], taps_out[-1]) < 24
    assert (levels[beat : 2 * beat] == wave).all()


def test_a_breath_turns_softly_and_goes_out_longer_than_in(worker):
    levels = np.array(worker.call("snippet:run", COLOUR, {})) / 24
    assert levels[:3].tolist() == pytest.approx([10, 10.4, 11.7], abs=0.7)
    assert levels[[0, 40, 100, 140, 200]].tolist() == [10, 250, 10, 250, 10]
    steps = np.diff(levels[:101])
    assert (steps[:40] >= 0).all() and (steps[40:] <= 0).all()
    assert np.abs(np.diff(steps)).max() < 2.5  # of 240: no corner, whole counts apart
    assert levels[20] == pytest.approx(130, abs=1) == levels[70]
