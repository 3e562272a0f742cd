"""The plain renderers and the scenes made of them: pure, smooth, and what their rows say."""

import numpy as np
import pytest
from shining import constants

BLOCK, RATE_HZ = 1536, 16000
TONE = """
from array import array
from firmware.bedside.tone import Tone
tone, buf, out = Tone(*tone), array("h", [0] * 1536), bytearray()
for i in range(blocks):
    tone.block(i, buf)
    out.extend(buf)
result = bytes(out)
"""
COLOUR = """
from firmware.bedside.colour import Colour
colour, buf, out = Colour(*colour), bytearray(72), bytearray()
for i in ticks:
    colour.frame(i, buf)
    out.extend(buf)
result = bytes(out)
"""
BUZZ = """
from firmware.bedside.buzz import Buzz
buzz = Buzz(*buzz)
result = [buzz.level(i) for i in range(ticks)]
"""
PACES = (14, 12, 10, 9, 8, 7, 6)  # breaths a minute, of the scenes from 13 on
SCENES = """
from firmware.bedside.scenes import SCENES, names
result = [[name] + list(scene) for name, scene in zip(names(), SCENES)][1:]
"""


def tone(worker, *tone_, blocks=40):
    out = worker.call("snippet:run", TONE, {"tone": tone_, "blocks": blocks})
    return np.frombuffer(out, np.int16).astype(float)


def frames(worker, *colour, ticks):
    out = worker.call("snippet:run", COLOUR, {"colour": colour, "ticks": list(ticks)})
    return np.frombuffer(out, np.uint8).reshape(-1, 24, 3).astype(int)


# -- sound


@pytest.mark.parametrize("hz", [147, 660, 1000, 3999])
def test_a_steady_tone_is_a_sine_of_its_pitch(worker, hz):
    """Whatever else there is lies 70 dB below it."""
    x = tone(worker, (hz,), 0, 0, 0)[BLOCK:]
    t = np.arange(len(x)) / RATE_HZ
    hz = (hz << 17) // 125 * RATE_HZ / (1 << 24)  # as whole steps of the phase tell it
    basis = np.c_[np.sin(2 * np.pi * hz * t), np.cos(2 * np.pi * hz * t)]
    fit, *_ = np.linalg.lstsq(basis, x, rcond=None)
    rest = x - basis @ fit
    assert np.hypot(*fit) == pytest.approx(32767, rel=0.001)
    assert rest.std() < 32767 / np.sqrt(2) * 10 ** (-70 / 20)


def test_no_number_of_the_tone_leaves_its_word():
    """And no sample 16 bits: the polynomial is 1 at most, and so is the amplitude."""
    of = constants("firmware/bedside/tone_kernels.py")
    a, b, c = of["_A"], of["_B"], of["_C"]
    z = np.arange(-(1 << 14), (1 << 14) + 1)
    square = z * z >> 14
    sine = z * (a - (square * (b - (square * c >> 14)) >> 14)) >> 14
    assert np.abs(z * a).max() < 1 << 30
    assert np.abs(sine).max() * 32767 < 1 << 30
    assert (sine * 32767 >> 14).min() >= -32768
    assert (sine * 32767 >> 14).max() <= 32767
    assert np.abs(sine / (1 << 14) - np.sin(np.pi / 2 * z / (1 << 14))).max() < 0.0004
    assert (32767 << 12) + 512 * ((32767 << 12) // 512) < 1 << 30
    assert 31_250 << 15 < 1 << 30  # the thirds of a rise of 1000 s


def test_beats_come_and_go_without_a_step(worker):
    x = tone(worker, (511, 797), 2, 5, 0)
    beats = np.abs(x).reshape(-1, 5, BLOCK).max(2)
    assert (beats[:, :2] > 32000).all()
    assert not beats[:, 2:].any()
    assert np.abs(np.diff(x)).max() < 2 * np.pi * 797 / RATE_HZ * 32767 * 1.01
    turns = (np.diff(np.signbit(x).reshape(-1, 5 * BLOCK), axis=1) != 0).sum(1)
    assert turns[0] == pytest.approx(2 * 511 * 2 * 0.096, abs=3)
    assert turns[1] == pytest.approx(2 * 797 * 2 * 0.096, abs=3)


def test_loudness_rises(worker):
    x = np.abs(tone(worker, (1000,), 0, 0, 3)).reshape(-1, BLOCK).max(1)
    assert (np.diff(x[:31]) >= 0).all()
    assert x[0] < 400
    assert x[15] == pytest.approx(32767 / 4, rel=0.15)
    assert x[32:] == pytest.approx(32767, abs=2)


def test_a_tone_begins_anew_with_its_first_block(worker):
    source = (
        TONE
        + "first = result\nout = bytearray()\n"
        + TONE[TONE.index("for") :].replace("result", "second")
    )
    source += "result = [first, second]\n"
    first, second = worker.call("snippet:run", source, {"tone": ((777,), 3, 4, 1), "blocks": 9})
    assert first == second


# -- light


def test_a_colour_goes_over_into_another(worker):
    seen = frames(worker, (0, 10, 255), (100, 200, 0), 40, ticks=(0, 500, 1000, 5000))
    assert (seen[0] == [0, 10, 255]).all()
    assert (np.abs(seen[1] - [50, 105, 127.5]) <= 1).all()
    assert (seen[2] == [100, 200, 0]).all()
    assert (seen[3] == seen[2]).all()


def test_a_slow_rise_steps_one_light_at_a_time(worker):
    """Of 12 counts that each light gains in 40 s: never two lights at once, and far apart."""
    seen = frames(worker, (0, 0, 0), (0, 12, 0), 40, ticks=range(1000))
    steps = np.diff(seen[:, :, 1], axis=0)
    assert steps.min() >= 0
    assert (steps > 0).sum(1).max() <= 1
    assert np.ptp(seen[:, :, 1], axis=1).max() <= 1
    order = np.argmax(seen[:, :, 1] > 0, axis=0).argsort()
    apart = np.abs(np.diff(order))
    assert np.minimum(apart, 24 - apart).min() >= 5


# -- touch


def test_a_buzz_beats_and_grows(worker):
    levels = worker.call("snippet:run", BUZZ, {"buzz": (100, 5, 20, 4), "ticks": 200})
    beats = np.array(levels).reshape(-1, 20)
    assert (beats[:, :5] > 0).all()
    assert not beats[:, 5:].any()
    assert (np.diff(beats[:5, 0]) > 0).all()
    assert (beats[5:, :5] == 100).all()


# -- scenes


def test_scenes_are_numbered_and_whole(worker):
    scenes = worker.call("snippet:run", SCENES, {})
    assert [scene[1] for scene in scenes] == list(range(1, len(scenes) + 1))
    names = [
        "lamp",
        "chime",
        "nudge",
        "check",
        "evening",
        "mask",
        "cue",
        "relief",
        "sunrise",
        "early",
        "alarm",
        "call",
    ]
    names += [f"breathe {n}" for n in PACES] + ["story", "music", "embers", "rest"]
    assert [scene[0] for scene in scenes][: len(names)] == names
    uses = [scene[2] for scene in scenes]
    assert uses == [1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, *[3] * 29, *[10] * (len(scenes) - 42), 1]
    for name, _, _, length_s, *lanes in scenes:
        assert 0 < length_s <= 2400, name
        assert any(lanes), name


def test_every_lane_s_row_makes_its_renderer(worker):
    source = """
from array import array
from firmware.bedside.scenes import LAMP, SCENES, named, names
from firmware.bedside.renderers import Facts, made
result = [named("alarm").number, named("nothing").number, names()[3], named("lamp").number - LAMP]
for scene in SCENES:
    lanes, facts = (scene.light, scene.sound, scene.touch), Facts(1, 60, 0, scene.length_s)
    light, sound, touch = [made(i, scene.number, facts) if lanes[i] else None for i in range(3)]
    if light:
        light.frame(7, bytearray(72))
    if sound:
        sound.block(0, array("h", [0] * 1536))
    if touch:
        result.append(max([touch.level(i) for i in range(1600)]))
"""
    number, nothing, third, off, *others = worker.call("snippet:run", source, {})
    assert (number, nothing, third, off) == (11, 0, "nudge", 0)
    assert others[:13] == [90, 60, 70, 127, 70, *[48] * 7, 32]
    assert all(0 < most <= 64 for most in others[13:])
