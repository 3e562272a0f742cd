"""WFDB annotations are read as they are written, and slpdb becomes the shared files."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from physionet import (
    AUX,
    CHN,
    NOISE,
    NORMAL,
    NOTE,
    NUM,
    PVC,
    SKIP,
    SLP01A,
    SUB,
    bring,
    encoded,
    files_in,
    record,
    serving,
    unzipped,
    word,
)
from sleepsync.data import DataDamaged
from sleepsync.fetch import fetch
from sleepsync.fetch.wfdb import BEATS, rate_hz, read_annotations

site = pytest.fixture(serving)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 1100), st.integers(0, 1 << 27)),
            st.integers(1, 49),
            st.text("WR1234 HAXOCL", max_size=9).map(str.strip),
        )
    )
)
def test_annotations_are_read_as_they_were_written(steps):
    marks, sample = [], 0
    for step, code, text in steps:
        sample += step
        marks.append((sample, code, text))
    assert [(a.sample, a.code, a.text) for a in read_annotations(encoded(marks))] == marks


def test_fields_that_are_not_used_do_not_move_time():
    data = word(NORMAL, 10) + word(SUB, 3) + word(CHN, 1) + word(NUM, 2) + word(PVC, 5) + word(0, 0)
    assert [(a.sample, a.code) for a in read_annotations(data)] == [(10, NORMAL), (15, PVC)]


def test_a_skip_may_go_back():
    data = encoded([(5000, NORMAL, ""), (4000, PVC, "")])
    assert [a.sample for a in read_annotations(data)] == [5000, 4000]


def test_a_skip_is_a_pdp_11_long():
    data = word(SKIP, 0) + bytes((0x01, 0x00, 0x03, 0x02)) + word(NORMAL, 4) + word(0, 0)
    assert read_annotations(data)[0].sample == 0x10203 + 4


@given(st.integers(0, 400))
def test_a_file_cut_anywhere_is_refused(length):
    whole = encoded([(at * 1500, NOTE, "2 HA"[: 1 + at % 4]) for at in range(50)])
    length = min(length, len(whole) - 1)
    with pytest.raises(DataDamaged, match="ends at byte"):
        read_annotations(whole[:length])


@pytest.mark.parametrize("data", [word(55, 1) + word(0, 0), word(AUX, 2) + b"ab" + word(0, 0)])
def test_codes_that_wfdb_has_not_are_refused(data):
    with pytest.raises(DataDamaged, match="not one of WFDB's"):
        read_annotations(data)


def test_beats_are_those_of_the_guide():
    beat_symbols = {
        **dict(zip("NLRaVFJASEj/Q", range(1, 14), strict=True)),
        **dict(B=25, e=34, n=35, f=38, r=41),
        "?": 30,
    }
    assert set(beat_symbols.values()) == BEATS


@pytest.mark.parametrize(
    ("header", "hz"),
    [
        ("slp01a 4 250 1800000", 250),
        ("# a remark\nr 1 360/1(0) 9", 360),
        ("r 2 62.5(3) 9", 62.5),
        ("r 2", 250),
    ],
)
def test_the_rate_is_the_header_s(header, hz):
    assert rate_hz(header) == hz


@pytest.mark.parametrize("header", ["", "# only\n", "r 1 fast", "r 1 0", "r 1 nan"])
def test_a_header_without_a_rate_is_refused(header):
    with pytest.raises(DataDamaged):
        rate_hz(header)


def published(data):
    """The files of PhysioNet from which the shared slpdb files came, without their signals."""
    files = {}
    for path in sorted((data / "slpdb").glob("*_stages.csv")):
        name = path.name.removesuffix("_stages.csv")
        rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
        stages = [(round(float(at) * 250), f"{stage} {events}") for at, stage, events in rows]
        text = gzip.decompress((data / "slpdb" / f"{name}_beats.txt.gz").read_bytes())
        files |= record(name, [round(float(beat) * 250) for beat in text.split()], stages)
    return files


def test_slpdb_becomes_the_shared_files_byte_for_byte(site, data, tmp_path):
    site.publish("slpdb/1.0.0", published(data))
    bring(tmp_path, "slpdb")
    names = sorted(path.name for path in (data / "slpdb").iterdir())
    assert sorted(p.name for p in (tmp_path / "slpdb").glob("slp*")) == names
    for name in names:
        ours, theirs = ((place / "slpdb" / name).read_bytes() for place in (tmp_path, data))
        if name.endswith(".gz"):  # how small zlib packs is its version's affair
            ours, theirs = (gzip.decompress(packed) for packed in (ours, theirs))
        assert ours == theirs, name


def test_what_is_no_beat_is_no_beat_and_two_leads_are_one_heart(site, tmp_path):
    files = record("slp01a")
    marks = [
        (100, NORMAL, ""),
        (100, NORMAL, ""),
        (200, NOISE, ""),
        (300, NOTE, "x"),
        (475, PVC, ""),
    ]
    files["slp01a.ecg"] = encoded(marks)
    site.publish("slpdb/1.0.0", files)
    bring(tmp_path, "slpdb")
    assert unzipped(tmp_path / "slpdb/slp01a_beats.txt.gz") == b"0.400\n1.900\n"


def test_the_rate_of_the_header_makes_the_seconds(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a") | {"slp01a.hea": b"slp01a 4 500 9\n"})
    bring(tmp_path, "slpdb")
    assert (tmp_path / "slpdb/slp01a_stages.csv").read_bytes().endswith(b"\n15.000,2,HA\r\n")
    assert unzipped(tmp_path / "slpdb/slp01a_beats.txt.gz") == b"0.200\n0.700\n1.200\n"


def test_a_note_without_a_stage_is_left_out_and_said(site, tmp_path):
    notes = ((0, "## time resolution: 250"), (1, "W"), (7500, "OA lost"), (15000, "MT X L"))
    site.publish("slpdb/1.0.0", record("slp01a", stages=notes))
    said = bring(tmp_path, "slpdb")
    rows = (tmp_path / "slpdb/slp01a_stages.csv").read_bytes()
    assert rows == b"time_s,stage,events\r\n0.004,W,\r\n60.000,MT,X L\r\n"
    assert said[0] == "slpdb slp01a: the note 'OA lost' at 30 s is not a stage"
    assert len(said) == 2


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("slp01a.hea", b"slp01a 4 fast\n"),
        ("slp01a.ecg", encoded([])),
        ("slp01a.ecg", encoded([(500, NORMAL, ""), (400, NORMAL, "")])),
        ("slp01a.st", encoded([(1, NOTE, "no stage")])),
        ("slp01a.st", encoded([(9000, NOTE, "W"), (1500, NOTE, "2")])),
        ("slp01a.st", encoded([(1, NOTE, "W")])[:-1]),
    ],
)
def test_a_damaged_record_is_named_and_the_others_are_made(site, tmp_path, file, content):
    site.publish("slpdb/1.0.0", record("slp01a") | record("slp02b") | {file: content})
    said = []
    with pytest.raises(DataDamaged, match="1 of 2 records"):
        fetch(["slpdb"], tmp_path, lambda *_: None, said.append)
    assert file in said[0]
    made = {name for name in files_in(tmp_path) if not name.startswith(".fetching")}
    assert made == {name.replace("01a", "02b") for name in SLP01A}


def test_the_same_beats_give_the_same_file(site, tmp_path):
    """Neither time nor folder is in it: gzip's header, RFC 1952."""
    site.publish("slpdb/1.0.0", record("slp01a"))
    bring(tmp_path, "slpdb")
    packed = (tmp_path / "slpdb/slp01a_beats.txt.gz").read_bytes()
    assert packed[3:8] == bytes((8, 0, 0, 0, 0))
    assert packed[10:].startswith(b"slp01a_beats.txt\0")
