"""Raw nights of sleep-accel become the features that their publication defines."""

import io
import re

import numpy as np
import pytest
from physionet import (
    ACCEL_S,
    bring,
    files_in,
    heart_rows,
    label_rows,
    motion_rows,
    night,
    raw_files,
    serving,
)
from sleepsync.data import DataDamaged
from sleepsync.fetch import sleep_accel

site = pytest.fixture(serving)


def test_raw_recordings_become_a_table_of_features(site, tmp_path):
    site.publish("sleep-accel/1.0.0", raw_files("46343", night()))
    bring(tmp_path, "sleep-accel")
    assert files_in(tmp_path / "sleep_accel_features") == [".origin.json", "46343.csv"]
    text = (tmp_path / "sleep_accel_features/46343.csv").read_bytes().decode()
    head, first = text.splitlines(keepends=True)[:2]
    assert head == "time_h,hr_feature,count_feature,cosine_feature,stage\r\n"
    assert re.fullmatch(r"0\.000000,\d\.\d{6},0\.000000,-0\.258819,1\r\n", first)
    expected = sleep_accel.features(night())
    got = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=1)
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_time_clock_and_heading_are_those_of_the_shared_files(site, data, tmp_path):
    """The columns that follow from the epochs alone, for a person without gaps."""
    theirs = data / "sleep_accel_features/1818471.csv"
    shared = np.loadtxt(theirs, delimiter=",", skiprows=1)
    site.publish("sleep-accel/1.0.0", raw_files("1818471", night()))
    bring(tmp_path, "sleep-accel")
    made = tmp_path / "sleep_accel_features/1818471.csv"
    assert made.read_bytes().split(b"0.000000")[0] == theirs.read_bytes().split(b"0.000000")[0]
    ours = sleep_accel.features(night())
    np.testing.assert_allclose(ours[:, [0, 3]], shared[: len(ours), [0, 3]], atol=1e-6)


def test_the_first_and_last_labels_fall_away_as_published():
    table = sleep_accel.features(night())
    assert len(table) == len(label_rows()) - 2
    assert table[:3, 4].tolist() == [1, 2, 3]


def test_epochs_without_motion_heart_or_stage_are_left_out():
    motion, heart, labels = motion_rows((600, 630)), heart_rows(), label_rows()
    motion = motion[(motion[:, 0] < 300) | (motion[:, 0] >= 330)]
    heart = heart[(heart[:, 0] < 900) | (heart[:, 0] >= 960)]
    labels[20, 1] = -1
    times = sleep_accel.features(sleep_accel.Recording(motion, heart, labels))[:, 0] * 3600 + 30
    missing = set(range(30, ACCEL_S, 30)) - set(np.rint(times).astype(int))
    assert missing == {300, 600, 900, 930}


def test_counts_are_the_published_sum_of_the_largest_bins():
    """0.5 g at 6 Hz passes the band whole: bin 13 of 5/128 g, 15 times, less 18, times 3.07."""
    counts = sleep_accel.activity_counts(motion_rows((300, 700)))
    amid = counts[(counts[:, 0] > 330) & (counts[:, 0] < 670), 1]
    assert set(np.round(amid, 2)) == {round((15 * 13 - 18) * 3.07, 2)}
    still = counts[(counts[:, 0] < 270) | (counts[:, 0] > 730), 1]
    assert np.all(still == 0)


@pytest.mark.parametrize(("hz", "passes"), [(1.0, False), (6.0, True), (17.0, False)])
def test_counts_hear_only_their_band(hz, passes):
    rows = motion_rows((0, 0))
    rows[:, 3] += 0.3 * np.sin(2 * np.pi * hz * rows[:, 0])
    assert np.any(sleep_accel.activity_counts(rows)[2:-2, 1] > 0) == passes


def test_the_count_feature_is_a_gaussian_of_50_s_around_the_window():
    at_s = np.arange(0, 3000.0)
    counts = np.column_stack((at_s, (at_s == 1500) * 1000.0))
    epochs = np.arange(1200, 1800, 30.0)
    found = sleep_accel.count_feature(counts, epochs)
    offset = np.where(np.abs(epochs + 15 - 1500) < 300, epochs + 15 - 1500, np.inf)
    expected = 1000 * np.exp(-((offset / 50) ** 2) / 2) / (50 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(found, expected, atol=0.02)
    assert found.argmax() == np.abs(offset).argmin()


def test_the_heart_feature_is_the_definition_by_another_way():
    """The convolution as a plain sum, at each second of one window."""
    rows = heart_rows(lambda at_s: np.sin(at_s / 40) + (at_s > 700) * at_s / 500)
    grid_s = np.arange(rows[0, 0], rows[-1, 0])
    values = np.interp(grid_s, rows[:, 0], rows[:, 1])
    values = values - values.mean()
    mirrored = np.concatenate((values[141::-1], values, values[:-143:-1]))
    i = np.arange(285)
    kernel = np.exp(-(((i - 142) / 120) ** 2) / 2) - 0.75 * np.exp(-(((i - 142) / 600) ** 2) / 2)
    filtered = np.array([np.dot(mirrored[at : at + 285], kernel) for at in range(len(values))])
    filtered /= np.percentile(np.abs(filtered), 90)
    starts = np.array([-30.0, 600.0, 1500.0])
    windows = [(grid_s > start - 285) & (grid_s < start + 30 + 285) for start in starts]
    assert windows[1].sum() == 599
    expected = [filtered[inside].std() for inside in windows]
    np.testing.assert_allclose(sleep_accel.heart_feature(rows, starts), expected, rtol=1e-9)


def test_the_first_heart_rate_and_count_fall_away_as_published():
    heart = heart_rows()
    heart[heart[:, 0] == 0, 1] = 200
    motion = motion_rows((2, 12))
    table = sleep_accel.features(night(heart=heart, motion=motion))
    np.testing.assert_allclose(table[:, 1], sleep_accel.features(night())[:, 1], rtol=1e-9)
    assert sleep_accel.activity_counts(motion[motion[:, 0] >= 0])[0, 1] > 0
    assert np.all(table[:, 2] == 0)


def test_rows_in_disorder_or_twice_change_nothing(site, tmp_path):
    files = raw_files("1", night())
    lines = files["heart_rate/1_heartrate.txt"].splitlines(keepends=True)
    files["heart_rate/1_heartrate.txt"] = b"".join(lines[::-1] + lines[7:12])
    site.publish("sleep-accel/1.0.0", files | raw_files("2", night()))
    bring(tmp_path, "sleep-accel")
    one, two = ((tmp_path / f"sleep_accel_features/{n}.csv").read_bytes() for n in "12")
    assert one == two


@pytest.mark.parametrize("content", [b"", b"1 2\n", b"a,b\n", b"0,nan\n5,60\n", b"9999,60\n"])
def test_raw_files_that_are_not_so_are_refused(site, tmp_path, content):
    files = raw_files("1", night()) | {"heart_rate/1_heartrate.txt": content}
    site.publish("sleep-accel/1.0.0", files)
    with pytest.raises(DataDamaged):
        bring(tmp_path, "sleep-accel")
    assert not list(tmp_path.rglob("*.csv"))
