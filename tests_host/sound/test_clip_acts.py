"""Acts that play a clip: the journal tells which; a replay checks it, or says that it cannot."""

import pytest
from clips_made import RATE_HZ, clip_of, sine, voice
from sleepsync.breaches.pages import closed, opened, places
from sleepsync.cli import app
from sleepsync.clips import sum_of, unwrapped
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import explain
from typer.testing import CliRunner
from whole_puck import START, TABLE

# One allows the evening's scenes and asks for `asked`: scenes and how long to wait after each.
NIGHT = """
from ledger_puck import LedgerPuck
from firmware import records
from firmware.bedside import scenes
from firmware.governor import limits

def opened(name):
    return open(clips[name], "rb") if name in clips else None

puck = LedgerPuck(folder, 820000000, lambda index: (700, 250))
puck.governor._clip_file = opened
puck.wait(2000)
puck.governor.consent(scenes.WIND_DOWN, limits.AWAKE | limits.UNSURE, 0, records.WANTED)
puck.wait(1000)
puck.press(6500)
for name, wait_s in asked:
    puck.governor.ask_typed(scenes.named(name).number)
    puck.wait(wait_s * 1000)
puck.stop()
"""
ONCE = [["voice", 425]]
TAKEN_OVER = [["story", 5], ["evening", 9], ["chime", 8]]


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A folder with two clips, `voice` and `story`."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "voice.wav").write_bytes(clip_of(voice(6)).file)
    (folder / "story.wav").write_bytes(clip_of(voice(20, seed=3)).file)
    return folder


def night(worker, folder, asked, **clips):
    """The journal of a night in which a puck has these clips."""
    folder.mkdir(exist_ok=True)
    given = {"folder": str(folder), "asked": asked, "clips": {k: str(v) for k, v in clips.items()}}
    worker.call("snippet:run", NIGHT, given)
    return folder / "00001.night"


def explained(path, worker, clips=None):
    return explain(path, worker, is_led=False, clips=clips)


def told(path):
    return [event.value for event in read_journal(path).of(records.EVENT) if event.kind == 16]


def sounds(path):
    """(act, steps, checksum) of each sound."""
    ends = read_journal(path).of(records.EMITTED)
    return [(end.number, end.steps, end.crc) for end in ends if end.lane == records.SOUND_LANE]


@pytest.fixture(scope="module")
def spoken(worker, tmp_path_factory, clips):
    folder = tmp_path_factory.mktemp("spoken")
    return night(worker, folder, ONCE, voice=clips / "voice.wav")


def test_the_journal_tells_which_clip_sounds_and_it_sounds(worker, spoken, clips, tmp_path):
    assert told(spoken) == [sum_of(unwrapped((clips / "voice.wav").read_bytes()))]
    without = night(worker, tmp_path, ONCE)
    assert told(without) == []
    assert [sound[0] for sound in sounds(spoken)] == [sound[0] for sound in sounds(without)] == [1]
    assert sounds(spoken) != sounds(without)


def test_a_replay_renders_the_clip_again(worker, spoken, clips):
    found = explained(spoken, worker, clips)
    assert (found.findings, found.notes) == ([], [])


def test_without_the_clip_it_says_that_this_sound_was_not_checked(worker, spoken, tmp_path):
    for folder in (None, tmp_path):
        found = explained(spoken, worker, folder)
        assert found.findings == []
        assert [note.split(": ")[1] for note in found.notes] == [
            f"act 1 plays clip {told(spoken)[0]}, which is not here",
            "act 1's sound was not checked",
        ]


def test_a_file_that_its_own_sum_denies_is_not_that_clip(worker, spoken, clips, tmp_path):
    changed = bytearray((clips / "voice.wav").read_bytes())
    changed[5000] ^= 1
    (tmp_path / "voice.wav").write_bytes(changed)
    (tmp_path / "notes.wav").write_bytes(b"no clip")
    assert "not checked" in " ".join(explained(spoken, worker, tmp_path).notes)


def test_another_clip_under_that_name_is_none_either(worker, spoken, tmp_path):
    (tmp_path / "voice.wav").write_bytes(clip_of(voice(6, seed=9)).file)
    assert "not checked" in " ".join(explained(spoken, worker, tmp_path).notes)


def test_what_is_not_installed_sounds_as_its_scene_without(worker, tmp_path):
    found = explained(night(worker, tmp_path, ONCE), worker)
    assert (found.findings, found.notes) == ([], [])


@pytest.mark.parametrize("damage", [slice(0, 3000), slice(10, None)])
def test_a_torn_clip_is_none(worker, tmp_path, clips, damage, capfd):
    (tmp_path / "torn.wav").write_bytes((clips / "voice.wav").read_bytes()[damage])
    path = night(worker, tmp_path / "night", ONCE, voice=tmp_path / "torn.wav")
    assert told(path) == []
    assert explained(path, worker).findings == []


def test_what_takes_over_is_checked_with_the_clip_and_not_without(worker, clips, tmp_path):
    path = night(worker, tmp_path, TAKEN_OVER, story=clips / "story.wav")
    assert [number for number, *_ in sounds(path)] == [1, 2, 3]
    whole = explained(path, worker, clips)
    assert (whole.findings, whole.notes) == ([], [])
    found = explained(path, worker)
    assert found.findings == []
    unchecked = [note for note in found.notes if "not checked" in note]
    assert [note.split(": ")[1].split("'")[0] for note in unchecked] == ["act 1", "act 2", "act 3"]


def test_what_comes_after_silence_is_checked_again(worker, clips, tmp_path):
    path = night(worker, tmp_path, [*ONCE, ["chime", 5]], voice=clips / "voice.wav")
    at = places(opened(path.read_bytes()), lambda row: row.layout is records.EMITTED)[-1]
    assert finds(worker, path, tmp_path, lambda rows: change(rows, at, crc=1)) == ["emitted"]


WHOLE = """
import os
from firmware.bedside.clip import Clip
os.mkdir("/data/clips")
with open("/data/clips/voice.wav", "wb") as kept:
    kept.write(file)
puck.open()
find = puck.governor._clip_file
clip = Clip(find("voice"))
result = [clip.sum, clip.wrong, find("story"), find("../settings")]
puck.close()
"""


def test_a_whole_puck_finds_its_clips_on_its_own_flash(run_in, short, clips):
    file = (clips / "voice.wav").read_bytes()
    source = TABLE + START + WHOLE
    given = {"folder": str(short), "missing": [], "lost_time": False, "file": file}
    assert run_in(source, **given) == [sum_of(unwrapped(file)), "", None, None]


# -- what is forged


def finds(worker, path, folder, forge, clips=None):
    """Kinds of what a replay finds in a journal that `forge` changed, sealed anew."""
    rows = opened(path.read_bytes())
    forge(rows)
    (folder / "forged").mkdir(exist_ok=True)
    forged = folder / "forged" / "00001.night"
    forged.write_bytes(closed(rows))
    return [finding.kind for finding in explained(forged, worker, clips).findings]


def change(rows, at, **fields):
    rows[at] = rows[at].but(**fields)


def is_clip(row):
    return row.layout is records.EVENT and row.one.kind == 16


def test_a_clip_that_is_not_told_is_found(worker, spoken, clips, tmp_path):
    def untell(rows):
        del rows[places(rows, is_clip)[0]]

    assert "emitted" in finds(worker, spoken, tmp_path, untell, clips)


def test_another_clip_than_that_which_sounded_is_found(worker, spoken, clips, tmp_path):
    other = sum_of(unwrapped((clips / "story.wav").read_bytes()))

    def tell_another(rows):
        change(rows, places(rows, is_clip)[0], value=other)

    assert "emitted" in finds(worker, spoken, tmp_path, tell_another, clips)


def test_a_clip_in_an_act_that_plays_none_is_found(worker, clips, tmp_path):
    path = night(worker, tmp_path, [["evening", 10]])

    def claim(rows):
        at = places(rows, lambda row: row.layout is records.ACT)[0]
        t_ms = rows[at].one.t_ms
        rows.insert(at + 1, made_row(rows, t_ms))

    assert "cause" in finds(worker, path, tmp_path, claim)


def test_a_clip_that_is_told_later_is_found(worker, spoken, clips, tmp_path):
    def later(rows):
        at = places(rows, is_clip)[0]
        row = rows.pop(at)
        end = places(rows, lambda row: row.layout is records.EMITTED)[0]
        rows.insert(end, row.but(t_ms=rows[end].one.t_ms))

    assert "cause" in finds(worker, spoken, tmp_path, later, clips)


def test_limits_hold_for_what_is_not_checked(worker, spoken, tmp_path):
    def louder(rows):
        at = places(rows, lambda row: row.layout is records.EMITTED and row.one.lane == 1)[0]
        change(rows, at, peak=5001)

    assert finds(worker, spoken, tmp_path, louder) == ["limit"]


def made_row(rows, t_ms):
    event = next(row for row in rows if row.layout is records.EVENT)
    return event.but(t_ms=t_ms, kind=16, part=0, value=12345)


def test_the_command_takes_clips(spoken, clips, tmp_path):
    words = ["replay", str(spoken), "--out", str(tmp_path / "a.png")]
    without = CliRunner().invoke(app, words)
    assert "act 1's sound was not checked" in " ".join(without.output.split())
    with_ = CliRunner().invoke(app, [*words, "--clips", str(clips)])
    assert "not checked" not in with_.output
    assert "plays clip" in with_.output
    none = CliRunner().invoke(app, [*words, "--clips", str(tmp_path / "none")])
    assert "is no folder; name the one that holds the clips" in str(none.exception)


def test_a_clip_is_nearly_as_loud_as_it_may_be(worker, tmp_path):
    (tmp_path / "a.wav").write_bytes(clip_of(sine(1000, 8, RATE_HZ)).file)
    path = night(worker, tmp_path / "night", [["voice", 12]], voice=tmp_path / "a.wav")
    (end,) = read_journal(path).of(records.EMITTED)
    assert 4750 < end.peak < 4950
