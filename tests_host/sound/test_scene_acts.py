"""Scenes as acts: what is previewed is what the lanes emit; nothing of it breaks a limit."""

import json
import random
import re
import wave
from itertools import permutations

import numpy as np
import pytest
from excerpts import MOST_S
from PIL import Image
from sleepsync.emitted import Allowed, Lane, measure
from sleepsync.preview.excerpt import Pieces, write_wav
from sleepsync.preview.listening import write_page
from sleepsync.preview.making import Wish, make
from sleepsync.preview.rendered import RATE_HZ, Night, render, speaker_cdb, told
from sleepsync.scenes import checked, gathered, sources
from sleepsync.scenes.packing import packed
from typer.testing import CliRunner

SEED, TRANSITIONS = 9, 40
DARK = "passkey"  # a scene that wants the ring dark
AFTER_US = 200_000
METER_CDB = 30  # by which the puck's meter may differ from the standard's (docs/senses.md)
SCENES = checked(sources(gathered()))
BY_NAME = {scene.name: scene for scene in SCENES}
USES = """
from firmware.governor.limits import USES
result = [[use.light_mlx, use.sound_cdb, use.touch, use.is_amber] for use in USES]
"""
ACT = """
from array import array
from binascii import crc32
from struct import pack
from loudness import Loudness
from firmware import records
from firmware.bedside.scenes import named
from firmware.governor import limits
from firmware.governor.gate import Gate
from firmware.governor.lanes import Lanes
scene, gate, lanes = named(name), Gate(), Lanes(Loudness())
gate.take(records.NIGHT, records.NIGHT.of(records.VERSION, night, start_s, 0))
gate.take(records.EPOCH, records.EPOCH.of(0, 0, 90, 10 * rate_bpm, *[0] * 12))
use = limits.USES[scene.use]
most = use.light_mlx, use.sound_cdb, use.touch
ceilings = [most[lane] if scene[3 + lane] else 0 for lane in range(3)]
act = records.ACT.of(0, 1, scene.length_s, *ceilings)
block, result = array("h", [0] * 1536), []
for lane in range(3):
    if not scene[3 + lane]:
        continue
    lanes.begin(lane, act, scene, gate)
    it = lanes.all[lane]
    while it.block(block) if lane == 1 else it.tick():
        pass
    result.append([lane, it.ticks, it.closing, it.dose, it.crc])
"""


@pytest.fixture(scope="module")
def uses(worker):
    return worker.call("snippet:run", USES, {})


# -- the preview


@pytest.mark.parametrize("name", ["cue", "early", "call", "breathe 7"])
def test_a_preview_is_what_the_lanes_emit(worker, tmp_path, name):
    """Step by step: the checksum that an act's record would have is that of the preview."""
    night = Night()
    rendered = render(worker, BY_NAME[name], tmp_path, night)
    given = {
        **{"name": name, "night": night.number},
        **{"start_s": night.start_s, "rate_bpm": night.rate_bpm},
    }
    acts = worker.call("snippet:run", ACT, given)
    previewed = rendered.figures.items()
    assert acts == [[lane, *row[:2], *row[3:]] for lane, row in sorted(previewed)]
    (steps, fading, *_), length = rendered.figures[0], rendered.scene.length_s
    assert steps == length * 25 and (rendered.level_lx[: steps + fading][-2] > 0)


def test_a_preview_of_a_part_is_its_beginning(worker, tmp_path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    whole = render(worker, BY_NAME["call"], tmp_path / "a")
    part = render(worker, BY_NAME["call"], tmp_path / "b", most_s=20)
    assert 19 < part.ticks * 0.04 < 21
    assert (part.grb[:490] == whole.grb[:490]).all()
    assert (part.samples[: 19 * RATE_HZ] == whole.samples[: 19 * RATE_HZ]).all()


def test_pieces_of_a_long_sound_are_told(tmp_path):
    samples = np.zeros(300 * RATE_HZ, np.int16)
    samples[::100] = 1000
    said = write_wav(samples, tmp_path / "x.wav", Pieces(10, 5, 5))
    assert said == "3 pieces, from 0:00, 2:30, 4:55, 1 s apart; 27 dB louder than the puck plays it"
    with wave.open(str(tmp_path / "x.wav")) as file:
        assert file.getnframes() == 22 * RATE_HZ
        heard = np.frombuffer(file.readframes(RATE_HZ), "<i2")
    assert heard.max() == pytest.approx(1000 * 10 ** (27 / 20), abs=1)


def test_the_command_checks_and_renders(tmp_path):
    from sleepsync.cli import app

    file = tmp_path / "two_taps.json"
    light = {"kind": "colour", "from": {"colour": "red", "level": 0.02}}
    sound = [{"voice": "tone", "hz": [440], "on_s": 0.4, "beat_s": 1}]
    scene = {"number": 90, "about": "A red light and a note.", "use": "wind-down", "length_s": 4}
    file.write_text(json.dumps({**scene, "light": light, "sound": sound}))
    done = CliRunner().invoke(app, ["scene", str(file), "--preview", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "two taps" in done.output and "as it is" in done.output
    with Image.open(tmp_path / "two_taps.gif") as film:
        assert film.n_frames > 20
        film.seek(film.n_frames // 2)
        red, green, _ = np.asarray(film.convert("RGB")).reshape(-1, 3).max(0)
    assert red > 150 > green
    with wave.open(str(tmp_path / "two_taps.wav")) as sounded:
        assert sounded.getframerate() == RATE_HZ
        assert sounded.getnframes() > 3 * RATE_HZ
    with Image.open(tmp_path / "two_taps.png") as sheet:
        assert sheet.width > 800


def test_the_listener_s_page_shows_what_lies_beside_it(tmp_path):
    made = [make(BY_NAME[name], tmp_path, Wish(most_s=4)) for name in ("chime", "nudge", "lamp")]
    text = write_page(made, tmp_path).read_text()
    assert text.count("<article") == 3
    shown = re.findall(r'src="([^"]+)"', text)
    assert sorted(shown) == ["chime.png", "chime.wav", "lamp.gif", "lamp.png", "nudge.png"]
    assert {path.name for path in tmp_path.iterdir()} == {*shown, "index.html"}


# -- a renderer that cannot be made


def test_an_act_whose_renderer_cannot_be_loaded_fails_as_a_part_does(run_in):
    """Its kind's module is missing: the lane goes on to where it would render, and says so."""
    source = """
from firmware.bedside import renderers, rich, scenes
from firmware.governor.light import LightLane
scenes.scene_rows.KEPT = ((1, bytes(packed)),)
rich._LIGHTS = (("nowhere", "Nothing"),)
lane, result = LightLane(), ""
lane.begin(renderers.made(0, 1, renderers.Facts(1, 60, 0, 10)), 1000, True, 250, 1000)
try:
    lane.tick()
except OSError as error:
    result = str(error)
"""
    assert "scene: ImportError" in run_in(source, packed=packed(((1,), (), ())))


# -- limits


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_nothing_of_a_scene_breaks_a_limit(worker, uses, tmp_path, scene):
    rendered = render(worker, scene, tmp_path, most_s=MOST_S)
    assert worker.call("scene_preview:held") == 0
    assert breaches(uses, tmp_path, [(scene, 0)]) == []
    is_lit = rendered.level_lx.max() > 0
    assert [
        is_lit != (scene.name == DARK),
        len(rendered.samples) > 0,
        rendered.touch.max() > 0,
    ] == [bool(lane) for lane in scene.lanes]


def pairs():
    """Ordered pairs that share a lane, some of them."""
    shared = [
        (one, other)
        for one, other in permutations(SCENES, 2)
        if any(a and b for a, b in zip(one.lanes, other.lanes, strict=True))
    ]
    return random.Random(SEED).sample(shared, TRANSITIONS)


@pytest.mark.parametrize(("one", "other"), pairs(), ids=lambda scene: scene.name)
def test_a_transition_breaks_no_limit_and_cuts_nothing_without_need(
    worker, uses, tmp_path, one, other
):
    rng = random.Random(f"{one.name} {other.name}")
    change_ticks = rng.randrange(25, min(3000, one.length_s * 25 + 30))
    worker.call("scene_preview:open_preview", str(tmp_path), 3, 0, 60)
    worker.call("scene_preview:begin", told(one))
    worker.call("scene_preview:go_on", change_ticks)
    change_us = worker.call("scene_preview:now_ms") * 1000
    cut = worker.call("scene_preview:begin", told(other))
    worker.call("scene_preview:go_on", 1000)
    worker.call("scene_preview:close")
    for lane in cut:
        assert lowered(uses[one.use], uses[other.use], lane), (one.name, other.name, lane)
    assert breaches(uses, tmp_path, [(one, 0), (other, change_us)]) == []


def lowered(before, after, lane):
    """Whether the next use may have less of a lane than the one before."""
    return after[lane] < before[lane] or (lane == Lane.LIGHT and after[3] > before[3])


def breaches(uses, folder, acts):
    """What the second opinion finds in the logs of `acts`: (scene, when it begins in us)."""
    speaker = min(speaker_cdb(scene) for scene, _ in acts) - METER_CDB
    allowed = []
    for lane in Lane:
        until_us = 10**12
        for scene, from_us in reversed(acts):
            if scene.lanes[lane]:
                *most, amber = uses[scene.use]
                coloured = amber and lane == Lane.LIGHT
                allowed.append(Allowed(lane, from_us, until_us, most[lane], coloured))
                until_us = from_us + AFTER_US
    return [str(breach) for breach in measure(folder, speaker).breaches(allowed)]
