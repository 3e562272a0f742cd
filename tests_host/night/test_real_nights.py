"""Real people's hearts, through the real firmware."""

import pytest
from bands import assert_accurate
from sleepsync.bench import night as bench
from sleepsync.bench.accuracy import accuracy
from sleepsync.reading import read_night
from sleepsync.simulate import run_night
from sleepsync.world import from_slpdb


@pytest.mark.parametrize("record", bench.RECORDED[:2])  # the bench runs them all
def test_a_real_person_s_heart_is_heard_right(data, tmp_path, record):
    run_night(from_slpdb(data / "slpdb" / record, 1), tmp_path, taps="beats")
    assert_accurate(accuracy(tmp_path))
    assert read_night(tmp_path).truth.stages
