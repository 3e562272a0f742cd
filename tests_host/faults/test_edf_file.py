"""Bytes of EDF+: two readers that know nothing of each other find in them what was put in."""

from datetime import datetime

import edfio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyedflib import EdfReader
from sleepsync.export.edf_file import Annotation, Trace, written

RECORD_S = 30
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
TEXTS = TEXT.filter(lambda text: text == text.strip())


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("edf") / "one.edf"


def trace(values, label="Heart rate"):
    return Trace(label, "/min", "-0.1 is unknown", np.int16(values), ("-0.1", -1), ("300.0", 3000))


@st.composite
def recordings(draw):
    """(start, samples of two signals, annotations)."""
    seconds = st.integers(0, 86_399)
    length = draw(st.integers(1, 1500))
    start = draw(st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)))
    seed = np.random.default_rng(draw(seconds))
    values = seed.integers(-1, 3001, (2, length))
    told = [
        Annotation(int(seed.integers(0, length * RECORD_S * 1000)), draw(seconds) * 10, draw(TEXTS))
        for _ in range(draw(st.integers(0, 6)))
    ]
    return start and start.replace(microsecond=0), values, told


def in_ms(annotation):
    return round(annotation.onset * 1000), round((annotation.duration or 0) * 1000)


@given(recordings())
@settings(max_examples=25, deadline=None)
def test_two_readers_find_what_was_put_in(path, recording):
    start, values, told = recording
    traces = [trace(values[0]), trace(values[1], "Other")]
    path.write_bytes(written(start, "SleepSync_puck", RECORD_S, traces, told))
    one = edfio.read_edf(path)
    assert [s.digital.tolist() for s in one.signals] == values.tolist()
    assert sorted(a.text for a in one.annotations) == sorted(a.text for a in told)
    assert sorted(map(in_ms, one.annotations)) == sorted((a.t_ms, a.span_ms) for a in told)
    with EdfReader(str(path)) as other:
        assert np.rint(other.readSignal(0) * 10).astype(int).tolist() == values[0].tolist()
        assert other.datarecord_duration == RECORD_S
        assert len(other.readAnnotations()[0]) == len(told)
        if start:
            assert other.getStartdatetime() == start


@pytest.mark.parametrize("label", ["a label of seventeen", "Wärme"])
def test_a_word_that_finds_no_room_is_refused(label):
    with pytest.raises(ValueError, match="finds no room"):
        written(None, "X", RECORD_S, [trace([1], label)], [])


def test_what_separates_annotations_is_taken_out(path):
    told = [Annotation(0, 0, "one\x14two\x15three\x00four")]
    path.write_bytes(written(None, "X", RECORD_S, [trace([1, 2])], told))
    assert [a.text for a in edfio.read_edf(path).annotations] == ["one two three four"]
