"""Digits of a passkey that are spoken where their clips are installed, and silent where not."""

import pytest
from clips_made import clip_of, voice
from passkey_night import night, read
from sleepsync.clips import sum_of, unwrapped
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import explain

PASSKEY = "070190"
SCRIPT = f"hands(*THRICE)\nshow('{PASSKEY}')\n"


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Short clips of three of its digits; nobody has recorded the nine. By their names."""
    folder = tmp_path_factory.mktemp("clips")
    paths = {f"digit_{digit}": folder / f"digit_{digit}.wav" for digit in (0, 1, 7)}
    for seed, path in enumerate(paths.values(), 1):
        path.write_bytes(clip_of(voice(1.2, seed=seed)).file)
    return paths


def journal_of(folder):
    """(what clips were told, the peak of each sound, the file) of the night there."""
    path = folder / "00001.night"
    found = read_journal(path)
    told = [event.value for event in found.of(records.EVENT) if event.kind == records.CLIP]
    ends = [end for end in found.of(records.EMITTED) if end.lane == records.SOUND_LANE]
    return told, [end.peak for end in ends], path


def test_each_digit_whose_clip_is_there_is_spoken_while_it_is_shown(worker, tmp_path, clips):
    frames, _ = night(worker, tmp_path, SCRIPT, clips)
    told, peaks, path = journal_of(tmp_path)
    sums = {name: sum_of(unwrapped(file.read_bytes())) for name, file in clips.items()}
    assert told == [sums[f"digit_{digit}"] for digit in PASSKEY if digit != "9"]
    assert [peak > 3000 for peak in peaks] == [digit != "9" for digit in PASSKEY]
    assert max(peaks) <= 4500
    assert read(frames, 24) == [PASSKEY]
    found = explain(path, is_led=False, clips=next(iter(clips.values())).parent)
    assert (found.findings, found.notes) == ([], [])


def test_without_clips_the_same_is_shown_in_silence(worker, tmp_path):
    frames, _ = night(worker, tmp_path, SCRIPT)
    told, peaks, path = journal_of(tmp_path)
    assert told == [] and peaks == [0] * 6
    assert read(frames, 24) == [PASSKEY]
    assert explain(path, is_led=False).findings == []


def test_a_scene_with_a_clip_alone_is_silent_sample_by_sample(run_in):
    source = """
from array import array
from firmware.bedside import renderers, scenes
scene = scenes.named("digit 4")
it = renderers.made(1, scene.number, renderers.Facts(1, 60, 0, scene.length_s))
block, result = array("h", [7] * 1536), []
for index in range(25):
    it.block(index, block)
    result.append([max(block), min(block)])
"""
    assert run_in(source) == [[0, 0]] * 25
