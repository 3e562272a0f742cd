"""Raw sets as PhysioNet serves them: what is in the files is in the nights, and no more."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw_people import (
    NIGHT_BEGAN_S,
    SHAKEN_COUNTS,
    motion_rows,
    without,
    write_bidsleep,
    write_sleep_accel,
)
from scipy.io import savemat
from sleepsync.data import DataDamaged, DataMissing
from sleepsync.paths import records
from sleepsync.people import people
from sleepsync.people.bidsleep_labels import read_labels, start_s

W, L, D, R, U = records.WAKE, records.LIGHT, records.DEEP, records.REM, records.UNKNOWN
EPOCHS = 8
LENGTH_S = EPOCHS * 30
HEART = np.array([(at_s, 60 + at_s // 30) for at_s in np.arange(-40.0, LENGTH_S + 40, 5)])
MOTION = motion_rows(LENGTH_S + 40, (60, 150), -40)
RATES = 60.0 + np.arange(EPOCHS)
LABELS = [(30 * k, stage) for k, stage in enumerate((-1, 0, 1, 2, 3, 4, 5, 0))]


def only_night(name, folder, say=None):
    ((night,),) = (person.nights for person in people(name, folder, say))
    return night


def has_the_signals(night):
    np.testing.assert_allclose(night.rate_bpm, RATES)
    assert night.counts[3] == pytest.approx(SHAKEN_COUNTS)
    assert np.all(night.counts[[0, 6, 7]] == 0)
    assert night.activity is night.deviation is night.rmssd_ms is None


def test_sleep_accel_is_read_as_it_is_served(tmp_path):
    write_sleep_accel(tmp_path, "46343", LABELS, HEART, MOTION)
    night = only_night("sleep_accel", tmp_path)
    assert night.name == "46343"
    assert night.stages.tolist() == [U, W, L, L, D, D, R, W]
    has_the_signals(night)


@pytest.mark.parametrize("shift_s", [-7200, 90, 36_000])
def test_sleep_accel_s_night_begins_with_its_first_label(tmp_path, shift_s):
    shifted = [np.array(rows, float) for rows in (LABELS, HEART, MOTION)]
    for rows in shifted:
        rows[:, 0] += shift_s
    write_sleep_accel(tmp_path, "1", *shifted)
    has_the_signals(only_night("sleep_accel", tmp_path))


def test_sleep_accel_s_gaps_stay_gaps(tmp_path):
    labels = [row for row in LABELS if row[0] not in (60, 90)]
    heart, motion = without(HEART, 30, 60), without(MOTION, 180, 210)
    write_sleep_accel(tmp_path, "1", labels, heart, motion)
    night = only_night("sleep_accel", tmp_path)
    assert night.stages.tolist() == [U, W, U, U, D, D, R, W]
    assert np.flatnonzero(np.isnan(night.rate_bpm)).tolist() == [1]
    assert np.flatnonzero(np.isnan(night.counts)).tolist() == [6]


def test_rows_in_disorder_or_twice_change_nothing(tmp_path):
    shuffled = np.random.default_rng(1).permutation(np.concatenate((HEART, HEART[5:9])))
    write_sleep_accel(tmp_path, "1", LABELS[::-1], shuffled, MOTION[::-1])
    night = only_night("sleep_accel", tmp_path)
    assert night.stages.tolist() == [U, W, L, L, D, D, R, W]
    has_the_signals(night)


STAGE_LINES = b"0 0\n30 1\n60 2\n"


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("labels/1_labeled_sleep.txt", b"0 0\n30 1\n60\n", r"line 3: '60' is not a row of 't st"),
        ("labels/1_labeled_sleep.txt", b"0 0\n\n30 x\n", r"line 3: '30 x' is not a row of 't st"),
        ("labels/1_labeled_sleep.txt", b"0 0\n30 1\n45 2\n", r"not 30 s apart within 24 h"),
        ("labels/1_labeled_sleep.txt", b"0 0\n30 1\n30.5 2\n", r"not 30 s apart within 24 h"),
        ("labels/1_labeled_sleep.txt", b"0 0\n90000 1\n", r"not 30 s apart within 24 h"),
        ("labels/1_labeled_sleep.txt", b"0 0\n30 6\n", r"\[.*6.*\] among the stages"),
        ("labels/1_labeled_sleep.txt", b"0 0\n30 1.5\n", r"\[.*1\.5.*\] among the stages"),
        ("labels/1_labeled_sleep.txt", b"", r"no row of 't stage'"),
        ("heart_rate/1_heartrate.txt", b"5,60\n10,nan\n", r"line 2: '10,nan' is not a row of 't,b"),
        ("heart_rate/1_heartrate.txt", b"5 60\n", r"line 1: '5 60' is not a row of 't,bpm'"),
        ("heart_rate/1_heartrate.txt", b"5,60,1\n", r"line 1: '5,60,1' is not a row of 't,bpm'"),
        ("heart_rate/1_heartrate.txt", b"\xff\xfe\n5,60\n", r"line 1: .* is not a row of 't,bpm'"),
        ("heart_rate/1_heartrate.txt", b"9999,60\n", r"1_heartrate.txt: nothing within the 8 lab"),
        ("motion/1_acceleration.txt", b"0 0 0\n", r"line 1: '0 0 0' is not a row of 't x y z'"),
        (
            "motion/1_acceleration.txt",
            b"9999 0 0 1\n",
            r"1_acceleration.txt: nothing within the 8 l",
        ),
        ("motion/1_acceleration.txt", b"<html>\n", r"line 1: '<html>' is not a row of 't x y z'"),
    ],
)
def test_sleep_accel_files_that_are_not_so_are_refused(tmp_path, file, content, told):
    write_sleep_accel(tmp_path, "1", LABELS, HEART, MOTION)
    path = tmp_path / "sleep_accel" / file
    path.write_bytes(content)
    with pytest.raises(DataDamaged, match=told) as caught:
        people("sleep_accel", tmp_path)
    assert "1_" in str(caught.value) and "fetch " in str(caught.value)


@pytest.mark.parametrize(
    "file",
    ["motion/1_acceleration.txt", "heart_rate/1_heartrate.txt", "labels/1_labeled_sleep.txt"],
)
def test_a_person_without_a_file_is_missed(tmp_path, file):
    for name in "12":
        write_sleep_accel(tmp_path, name, LABELS, HEART, MOTION)
    (tmp_path / "sleep_accel" / file).unlink()
    with pytest.raises(DataMissing, match=rf"{file}: no such file; fetch"):
        people("sleep_accel", tmp_path)


SCORED = [5, 0, 1, 2, 3, 3, 4, 0]
OF_SCORED = [U, W, L, L, D, D, R, W]


def test_bidsleep_is_read_as_it_is_served(tmp_path):
    write_bidsleep(tmp_path, "Bidslab07/2", SCORED, HEART, MOTION)
    night = only_night("bidsleep", tmp_path)
    assert night.name == "Bidslab07/2"
    assert night.stages.tolist() == OF_SCORED
    has_the_signals(night)


@pytest.mark.parametrize("file", ["motion.csv", "hr.csv", "labels.mat"])
def test_a_night_without_a_file_is_missed(tmp_path, file):
    for name in "12":
        folder = write_bidsleep(tmp_path, f"Bidslab00/{name}", SCORED, HEART, MOTION)
    (folder / file).unlink()
    with pytest.raises(DataMissing, match=rf"Bidslab00/2/{file}: no such file; fetch"):
        people("bidsleep", tmp_path)


def test_bidsleep_s_nights_are_their_person_s_in_order(tmp_path):
    for name in ("Bidslab01/1", "Bidslab00/10", "Bidslab00/2"):
        write_bidsleep(tmp_path, name, SCORED, HEART, MOTION)
    said = []
    found = people("bidsleep", tmp_path, said.append)
    assert [(p.name, [n.name for n in p.nights]) for p in found] == [
        ("Bidslab00", ["Bidslab00/2", "Bidslab00/10"]),
        ("Bidslab01", ["Bidslab01/1"]),
    ]
    assert said == ["bidsleep: Bidslab00 (1 of 2)", "bidsleep: Bidslab01 (2 of 2)"]


def test_the_expert_is_believed_and_not_the_machine(tmp_path):
    dreem = np.full(EPOCHS, 4, np.uint8)
    write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION, dreem_label=dreem)
    assert only_night("bidsleep", tmp_path).stages.tolist() == OF_SCORED


def test_labels_stand_as_rows_or_columns_of_any_number(tmp_path):
    for number, form in enumerate((np.uint8, np.int16, float)):
        column = np.array(SCORED, form).reshape(-1, 1)
        name = f"Bidslab0{number}/1"
        write_bidsleep(tmp_path, name, SCORED, HEART, MOTION, expert_label=column)
    for person in people("bidsleep", tmp_path):
        assert person.nights[0].stages.tolist() == OF_SCORED


def test_an_expert_s_labels_of_another_length_have_no_known_epoch(tmp_path):
    expert = np.array(SCORED[:-2], np.uint8)
    write_bidsleep(tmp_path, "Bidslab01/4", SCORED, HEART, MOTION, expert_label=expert)
    said = []
    night = only_night("bidsleep", tmp_path, said.append)
    assert night.stages.tolist() == [U] * EPOCHS
    has_the_signals(night)
    assert "Bidslab01/4/labels.mat: the expert scored 6 epochs and the headband 8: no " in said[0]


def test_signals_beyond_the_labels_and_holes_within(tmp_path):
    motion = without(motion_rows(LENGTH_S + 600, (60, 150), -300), 180, 210)
    heart = np.concatenate((without(HEART, 30, 60), [(259_200.0, 99)]))  # three days later
    write_bidsleep(tmp_path, "Bidslab00/1", SCORED, heart, motion)
    night = only_night("bidsleep", tmp_path)
    assert np.flatnonzero(np.isnan(night.rate_bpm)).tolist() == [1]
    assert np.flatnonzero(np.isnan(night.counts)).tolist() == [6]
    assert night.counts[3] == pytest.approx(SHAKEN_COUNTS)


def test_a_night_may_lack_motion_or_heart_but_not_both(tmp_path):
    far = motion_rows(1000, (0, 0), 900)
    folder = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, far)
    night = only_night("bidsleep", tmp_path)
    assert np.isnan(night.counts).all() and np.isfinite(night.rate_bpm).all()
    (folder / "hr.csv").write_text(f"{NIGHT_BEGAN_S + 900},60\n")
    with pytest.raises(DataDamaged, match=r"Bidslab00/1: neither .*2021-03-05 23:10:00, US Eas"):
        people("bidsleep", tmp_path)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2021-03-14 01:59:59", datetime(2021, 3, 14, 6, 59, 59)),
        ("2021-03-14 03:00:00.500", datetime(2021, 3, 14, 7, 0, 0, 500_000)),
        ("2021-07-01 00:30:00", datetime(2021, 7, 1, 4, 30)),
        ("2021-11-07 01:30:00", datetime(2021, 11, 7, 5, 30)),  # comes twice that night
        ("2021-11-07 01:30:00", datetime(2021, 11, 7, 6, 30)),
    ],
)
def test_nights_begin_by_the_clocks_of_the_us_east_coast(tmp_path, written, utc):
    began_s = utc.replace(tzinfo=UTC).timestamp()
    write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION, began_s, recStart=f" {written}")
    has_the_signals(only_night("bidsleep", tmp_path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(datetime(2019, 1, 1), datetime(2026, 1, 1)),
    st.integers(-420, 2900),
)
def test_a_wall_clock_time_is_found_again_from_signals_near_it(utc, late_s):
    """Between 7 min before and 48 min after: so far apart begin the signals and the labels."""
    begun = utc.replace(tzinfo=UTC)
    wall = begun.astimezone(ZoneInfo("America/New_York")).replace(tzinfo=None, fold=0)
    found_s = start_s(wall, begun.timestamp() + late_s)
    near = abs(found_s - begun.timestamp())
    assert near == pytest.approx(0, abs=1e-6) or (near == 3600 and late_s > 1800)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"expert_label": None}, r"found dreem_label \(1, 8\), recStart \(1,\); expected recStart"),
        ({"recStart": None, "stages": np.zeros((8, 2))}, r"stages \(8, 2\); expected recStart, a"),
        ({"recStart": "last night"}, r"last night"),
        ({"recStart": 1.6e9}, r"expected recStart, a text like"),
        ({"expert_label": np.full((1, 8), 6)}, r"labels \[.*6.*\]"),
        ({"expert_label": np.full((1, 8), 1.5)}, r"labels \[.*1\.5.*\]"),
        ({"expert_label": np.full((1, 8), np.nan)}, r"labels \[.*nan.*\]"),
        ({"expert_label": np.zeros((4, 2))}, r"labels of shape \(4, 2\)"),
        ({"expert_label": np.zeros((0, 0))}, r"labels of shape \(0, 0\)"),
        ({"expert_label": "W1234"}, r"expected recStart, a text like .*fetch it again"),
        ({"dreem_label": np.zeros((3000, 1))}, r"labels of shape \(3000, 1\)"),
    ],
)
def test_labels_of_another_layout_are_shown_beside_what_is_expected(tmp_path, labels, told):
    write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION, **labels)
    with pytest.raises(DataDamaged, match=told) as caught:
        people("bidsleep", tmp_path)
    assert "Bidslab00/1/labels.mat: found " in str(caught.value)


HDF5 = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM\x89HDF\r\n\x1a\n"


@pytest.mark.parametrize("content", [b"", b"<html>" * 90, HDF5, bytes(500)])
def test_a_file_that_is_not_matlab_s_is_refused(tmp_path, content):
    folder = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION)
    (folder / "labels.mat").write_bytes(content)
    with pytest.raises(DataDamaged, match=r"labels\.mat: .*fetch it again"):
        people("bidsleep", tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_a_mat_file_cut_anywhere_is_refused(tmp_path, packed):
    folder = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION, packed=packed)
    assert only_night("bidsleep", tmp_path).stages.tolist() == OF_SCORED
    whole = (folder / "labels.mat").read_bytes()
    for end in range(0, len(whole), 3):
        (folder / "labels.mat").write_bytes(whole[:end])
        with pytest.raises(DataDamaged, match=r"labels\.mat"):
            read_labels(folder / "labels.mat", print)


def test_a_packed_file_with_any_byte_altered_is_refused_or_changes_nothing(tmp_path):
    """Its own checksums tell; what they do not cover is the heading's free text and slack."""
    folder = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION)
    path = folder / "labels.mat"
    whole = path.read_bytes()
    refused = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            assert read_labels(path, print).stages.tolist() == OF_SCORED
        except DataDamaged:
            refused += 1
    assert refused > 100


def test_labels_are_looked_at_before_any_motion(tmp_path):
    """A table of motion takes seconds, and there are hundreds."""
    first = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION)
    (first / "motion.csv").write_text("nothing")
    last = write_bidsleep(tmp_path, "Bidslab68/7", SCORED, HEART, MOTION)
    savemat(last / "labels.mat", {"x": 1})
    with pytest.raises(DataDamaged, match=r"Bidslab68/7/labels\.mat: found x \(1, 1\); expected"):
        people("bidsleep", tmp_path)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        (
            "motion.csv",
            b"1,0,0,1\n2,0,0,1\n",
            r"line 1: '1,0,0,1' is not the heading 'Timestamp,x,y,z'",
        ),
        ("motion.csv", b"Timestamp,x,y,z\n1,0,0\n", r"line 2: '1,0,0' is not a row of"),
        ("motion.csv", b"Timestamp,x,y,z\n", r"no row of 'Timestamp,x,y,z'"),
        ("hr.csv", b"time,bpm\n1,60\n", r"line 1: 'time,bpm' is not a row of 'time,bpm'"),
        ("hr.csv", b"1,60\n2,inf\n", r"line 2: '2,inf' is not a row of 'time,bpm'"),
    ],
)
def test_bidsleep_tables_that_are_not_so_are_refused(tmp_path, file, content, told):
    folder = write_bidsleep(tmp_path, "Bidslab00/1", SCORED, HEART, MOTION)
    (folder / file).write_bytes(content)
    with pytest.raises(DataDamaged, match=rf"{file}, line|{file}: no row") as caught:
        people("bidsleep", tmp_path)
    assert caught.match(told)
