"""The score's format: what is written is what is heard, and what is wrong is told in full."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_faults import FAULTS, HEAD, PART, told
from sleepsync.paths import ROOT
from sleepsync.scores import Note, Score, ScoreDamaged, packed, parsed, read_score, unpacked
from sleepsync.scores.faults import Faults


def notes(music, metre="3/4", key="C major", instrument="bell"):
    """(start, pitch, length) of what is heard of a part."""
    head = f"title: A\ntempo: 60\nmetre: {metre}\nkey: {key}\n"
    score = parsed(f"{head}part song: {instrument}\n{music}")
    return [(note.start, note.pitch, note.length) for note in score.notes]


# -- what is heard


def test_names_and_octaves_are_pitches():
    assert [pitch for _, pitch, _ in notes("C4q C#4 Cb4 | Bb3q B##3 Cn5 |")] == [
        *(60, 61, 59),
        *(58, 61, 72),
    ]


@pytest.mark.parametrize(
    ("music", "lengths"),
    [
        ("C4e D4 E4q. F4e |", [6, 6, 18, 6]),
        ("C4h Rs D4 E4e |", [24, 3, 6]),
        ("(3 C4e D4 E4 ) F4h |", [4, 4, 4, 24]),
        ("(3 C4q D4e ) F4h |", [8, 4, 24]),
        ("(3 C4s D4 E4 ) F4e G4h |", [2, 2, 2, 6, 24]),
        ("(3 C4h D4 E4 ) C4h |", None),
    ],
)
def test_lengths_in_twelfths_of_a_quarter(music, lengths):
    if lengths is None:
        with pytest.raises(ScoreDamaged, match="take out 3 quarters"):
            notes(music)
        return
    assert [length for *_, length in notes(music)] == lengths


def test_dotted_and_twice_dotted():
    assert notes("C4h.. D4e |", metre="4/4") == [(0, 60, 42), (42, 62, 6)]


def test_a_chord_begins_at_once_and_a_rest_is_silent():
    assert notes("C4+E4q Rq G3q |") == [(0, 60, 12), (0, 64, 12), (24, 55, 12)]


def test_ties_make_one_note_across_bars_and_repeats():
    assert notes("C4h D4q~ | D4h. |") == [(0, 60, 24), (24, 62, 48)]
    assert notes("C4h.~ :|x3 C4h. |") == [(0, 60, 144)]
    assert notes("C4+E4h.~ | C4+E4+G4h. |") == [(0, 60, 72), (0, 64, 72), (36, 67, 36)]


@pytest.mark.parametrize(
    ("music", "heard"),
    [
        ("C4h. | D4h. :| E4h. |", "CDCDE"),
        ("C4h. |: D4h. :|x3 E4h. |", "CDDDE"),
        ("|: C4h. :|: D4h. :|", "CCDD"),
        ("|: C4h. |[1 D4h. :|[2 E4h. |", "CDCE"),
        ("|: C4h. |[1,2 D4h. | E4h. :|[3 F4h. | G4h. |", "CDECDECFG"),
        ("|: C4h. |[1 D4h. :|[2 E4h. ||: F4h. :|", "CDCEFF"),
        ("C4h. |\nD4h. || E4h. |", "CDE"),
    ],
)
def test_repeats_are_played_out(music, heard):
    names = dict(zip((60, 62, 64, 65, 67), "CDEFG", strict=True))
    found = notes(music)
    assert "".join(names[pitch] for _, pitch, _ in found) == heard
    assert [start for start, *_ in found] == list(range(0, 36 * len(heard), 36))


def test_dynamics_are_strengths_and_belong_to_a_part():
    text = PART + "ppp C4q f D4 E4 |\npart low: bass\nC3h. |\npart song\nF4h. |\npart low\nRh. |"
    score = parsed(text)
    assert {note.pitch: note.strength for note in score.notes} == {
        60: 2,
        62: 14,
        64: 14,
        48: 8,
        65: 14,
    }
    assert [note.instrument for note in score.notes] == [0, 4, 0, 0, 0]


@pytest.mark.parametrize(
    ("tempo", "bpm"),
    [
        ("66", 66),
        ("44 dotted quarters", 66),
        ("80 eighths", 40),
        ("30 halves", None),
        ("30 half", 60),
    ],
)
def test_a_tempo_becomes_quarters_a_minute(tempo, bpm):
    text = PART.replace("tempo: 60", f"tempo: {tempo}") + "C4h. |"
    if bpm is None:
        assert "is no tempo" in told(text)[0]
        return
    assert parsed(text).tempo_bpm == bpm


@pytest.mark.parametrize(
    ("key", "sharpened"),
    [
        ("C major", ""),
        ("G major", "F#"),
        ("E major", "F# C# G# D#"),
        ("D dorian", ""),
        ("E phrygian", ""),
        ("F lydian", ""),
        ("G mixolydian", ""),
        ("A minor", ""),
        ("F minor", "Bb Eb Ab Db"),
        ("Cb major", "Cb Db Eb Fb Gb Ab Bb"),
        ("C# dorian", "F# C# G# D# A#"),
    ],
)
def test_a_key_asks_for_its_signs(key, sharpened):
    wanted = {word[0]: word for word in sharpened.split()}
    for letter in "CDEFGAB":
        text = PART.replace("F major", key) + f"{letter}4h. |"
        if letter in wanted:
            assert f"write {wanted[letter]}4, or {letter}n4" in told(text)[0]
        else:
            assert told(text) == []


def test_an_accidental_is_never_refused():
    assert [pitch for _, pitch, _ in notes("B4q Bb4 F#4 |")] == [71, 70, 66]
    assert told(PART + "Bn4q Bb4 F#4 |") == []


def test_comments_and_empty_lines_say_nothing():
    text = PART + "\n# a word: about it\nC#4h # the third\n   D4q | #\n"
    assert [note.pitch for note in parsed(text).notes] == [61, 62]


def test_what_is_told_of_a_score(tmp_path):
    path = tmp_path / "a.score"
    path.write_text(PART.replace("key", "by: B\nloop: 3\nkey") + "C4h. | D4+E4h. |")
    score = read_score(path)
    assert (score.title, score.by, score.metre, score.key) == ("A", "B", "3/4", "F major")
    assert (score.bars, score.length, score.loop, score.most_at_once) == (2, 72, 3, 2)
    assert score.seconds == 6


# -- what is wrong


@pytest.mark.parametrize(("text", "place", "seen", "remedy"), FAULTS, ids=lambda text: text[-20:])
def test_a_fault_is_told_with_its_place_and_remedy(text, place, seen, remedy):
    line, column = place.split(", ")
    assert f"a.score, line {line}, column {column}: {seen}; {remedy}" in told(text)


WHOLE = [fault for fault in FAULTS if fault[0].startswith(HEAD)]


@pytest.mark.parametrize(("text", "place", "seen", "remedy"), WHOLE, ids=lambda text: text[-20:])
def test_one_fault_is_told_once_and_alone(text, place, seen, remedy):
    others = [line for line in told(text) if seen not in line]
    assert [line for line in others if "there is no part" not in line] == []
    assert len(told(text)) - len(others) == 1


def test_all_faults_of_a_file_are_told_at_once():
    said = told("tempo: 5\nmetre: 3/4\nkey: F major\npart a: harp\nB4q C4x | C4h |\n")
    assert [re.search(r"line (\d), column (\d+)", line).groups() for line in said] == [
        ("1", "1"),
        ("1", "8"),
        ("4", "6"),
        ("5", "1"),
        ("5", "5"),
        ("5", "11"),
    ]


def test_every_place_that_tells_a_fault_is_reached(monkeypatch):
    """Whoever adds a fault adds it to score_faults.py."""
    reached, add = set(), Faults.add

    def add_and_note(self, *words):
        caller = inspect.currentframe().f_back
        reached.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        add(self, *words)

    monkeypatch.setattr(Faults, "add", add_and_note)
    for text, *_ in FAULTS:
        told(text)
    calls = list(calls_of_add())
    assert len(calls) > 40
    missed = [
        (name, first) for name, first, last in calls if not reached & lines(name, first, last)
    ]
    assert missed == []


def calls_of_add():
    for path in (ROOT / "host/sleepsync/scores").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("faults.add"):
                yield path.name, node.lineno, node.end_lineno


def lines(name, first, last):
    return {(name, line) for line in range(first, last + 1)}


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "a.score"
    path.write_bytes(b"title: \xff")
    with pytest.raises(ScoreDamaged, match=r"byte 7 is no text; save the file as UTF-8"):
        read_score(path)


@given(st.text(alphabet="ABCDEFGR#bn0123456789whqes.~+ |:[](x,\nmpf", max_size=80))
def test_any_music_is_heard_or_told(music):
    text = PART + music
    for line in told(text):
        assert re.match(r"a\.score, line \d+, column \d+: .+; .+", line)


@given(st.text(max_size=200))
def test_any_text_is_told(text):
    assert told(text)


# -- the puck's bytes


@st.composite
def scores(draw):
    starts = sorted(draw(st.lists(st.integers(0, 3000), min_size=1, max_size=40)))
    of = st.tuples(st.integers(0, 4), st.integers(24, 108), st.integers(1, 255), st.integers(1, 15))
    some = tuple(sorted(Note(start, *draw(of)) for start in starts))
    length = draw(st.integers(1, 0xFFFF))
    tempo, loop = draw(st.integers(20, 240)), draw(st.integers(0, 255))
    return Score("A", "", "3/4", "", tempo, 36, length, loop, some)


@given(scores())
def test_bytes_hold_all_that_sounds(score):
    data = packed(score)
    assert unpacked(data) == (score.tempo_bpm, score.length, score.loop, score.notes)
    assert len(data) % 4 == 0


@given(scores())
def test_no_event_waits_too_long_and_a_wait_is_empty(score):
    data = packed(score)
    for at in range(4, len(data), 4):
        assert data[at] < 255 or data[at : at + 4] == bytes((255, 0, 0, 0))


def test_the_bytes_of_a_small_score():
    text = PART.replace("key: F major\n", "loop: 2\n") + "Rh. :|x8 pp C4h. |"
    assert packed(parsed(text)) == bytes((60, 324 & 255, 324 >> 8, 2)) + bytes(
        (255, 0, 0, 0, 33, 60, 36, 4)
    )
