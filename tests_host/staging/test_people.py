"""Labelled people come out of their files as they went in: epochs, stages, nights, persons."""

import csv
from collections import Counter

import numpy as np
import pytest
from raw_people import motion_rows, write_bidsleep, write_features, write_sleep_accel, write_slpdb
from sleepsync.data import VARIABLE, DataDamaged, DataMissing
from sleepsync.paths import records
from sleepsync.people import Night, people, sets

W, L, D, R, U = records.WAKE, records.LIGHT, records.DEEP, records.REM, records.UNKNOWN
STEADY = np.arange(0.5, 200, 1.0)


def test_features_lie_on_their_epochs_and_gaps_are_unknown(tmp_path):
    rows = [(0, 0.5, 30, 0), (1, 0.6, 20, 1), (4, 0.7, 10, 2), (5, 0.8, 0, 3), (6, 1, 0, 4)]
    write_features(tmp_path, "77", [*rows, (9, 1.1, 5, 5)])
    (person,) = people("sleep_accel_features", tmp_path)
    (night,) = person.nights
    assert (person.set, person.name, night.name) == ("sleep_accel_features", "77", "77")
    assert night.stages.tolist() == [W, L, U, U, L, D, D, U, U, R]
    np.testing.assert_allclose(
        night.deviation, [0.5, 0.6, np.nan, np.nan, 0.7, 0.8, 1, np.nan, np.nan, 1.1]
    )
    np.testing.assert_allclose(
        night.activity, [30, 20, np.nan, np.nan, 10, 0, 0, np.nan, np.nan, 5]
    )
    assert night.counts is night.rate_bpm is night.rmssd_ms is None


def test_slpdb_begins_with_the_first_scored_epoch_and_leaves_movement_time_unknown(tmp_path):
    stages = [(60, "W"), (90, "1"), (120, "MT"), (180, "4"), (210, "R")]
    write_slpdb(tmp_path, "slp16", stages, np.arange(0, 260, 0.8))
    (person,) = people("slpdb", tmp_path)
    (night,) = person.nights
    assert night.stages.tolist() == [W, L, U, U, D, R]
    np.testing.assert_allclose(night.rate_bpm, 75, rtol=1e-3)
    np.testing.assert_allclose(night.rmssd_ms, 0, atol=1e-6)
    assert night.counts is night.activity is night.deviation is None


def test_the_beats_of_an_epoch_are_those_of_its_own_time(tmp_path):
    """The record's first minute is not scored: 60 a minute there, then 120, 60 and 75."""
    pieces = (np.arange(0, 60, 1.0), np.arange(60, 90, 0.5), np.arange(90, 120, 1.0))
    beats_s = np.concatenate((*pieces, np.arange(120, 150, 0.8)))
    write_slpdb(tmp_path, "slp16", [(60, "2"), (90, "2"), (120, "2")], beats_s)
    (person,) = people("slpdb", tmp_path)
    np.testing.assert_allclose(person.nights[0].rate_bpm, [120, 60, 75], rtol=0.02)


def test_two_records_of_one_number_are_one_man(tmp_path):
    for record in ("slp67x", "slp02b", "slp02a", "slp01a", "slp03"):
        write_slpdb(tmp_path, record, [(0, "W"), (30, "2")], STEADY)
    nights = {p.name: [n.name for n in p.nights] for p in people("slpdb", tmp_path)}
    assert nights == {
        "slp01": ["slp01a"],
        "slp02": ["slp02a", "slp02b"],
        "slp03": ["slp03"],
        "slp67x": ["slp67x"],
    }


def test_people_come_by_name_and_are_told_of(tmp_path):
    for name in ("9", "25-2", "1000", "100", "25"):
        write_features(tmp_path, name, [(0, 1, 1, 2)])
    said = []
    found = people("sleep_accel_features", tmp_path, said.append)
    assert [person.name for person in found] == ["100", "1000", "25", "25-2", "9"]
    assert said[-1] == "sleep_accel_features: 9 (5 of 5)"


def test_the_sets_are_those_of_which_somebody_lies_there(tmp_path, monkeypatch):
    (tmp_path / "slpdb").mkdir()
    (tmp_path / "bidmc").mkdir()
    assert sets(tmp_path) == []
    write_features(tmp_path, "1", [(0, 1, 1, 2)])
    write_slpdb(tmp_path, "slp03", [(0, "W")], STEADY)
    night = motion_rows(60, (0, 0))
    write_sleep_accel(tmp_path, "1", [(0, 0), (30, 1)], [(5, 60)], night)
    write_bidsleep(tmp_path, "Bidslab00/1", [0, 1], np.array([[5, 60]]), night)
    everything = ["bidsleep", "sleep_accel", "sleep_accel_features", "slpdb"]
    assert sets(tmp_path) == everything
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert sets() == everything
    assert [people(name)[0].set for name in everything] == everything


def test_a_set_that_is_not_there_says_where_it_was_looked_for(tmp_path):
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataMissing, match=r"slpdb: nobody in .*slpdb; docs/data.md .*\$SLEEP"):
            people("slpdb", folder)
        (tmp_path / "slpdb").mkdir(exist_ok=True)


def test_a_set_that_does_not_exist_names_those_that_do(tmp_path):
    with pytest.raises(ValueError, match="mesa: not a labelled set; there are bidsleep, sleep_ac"):
        people("mesa", tmp_path)


@pytest.mark.parametrize("ending", ["_stages.csv", "_beats.txt.gz"])
def test_a_record_without_a_file_is_missed(tmp_path, ending):
    for record in ("slp03", "slp04"):
        write_slpdb(tmp_path, record, [(0, "W")], STEADY)
    (tmp_path / "slpdb" / f"slp04{ending}").unlink()
    with pytest.raises(DataMissing, match=rf"slp04: no file .*slp04{ending}; "):
        people("slpdb", tmp_path)


def test_one_damaged_person_stops_the_set(tmp_path):
    write_features(tmp_path, "1", [(0, 1, 1, 2)])
    write_features(tmp_path, "2", [(0, 1, 1, 9)])
    with pytest.raises(DataDamaged, match=r"2\.csv: stages other than .*fetch it again"):
        people("sleep_accel_features", tmp_path)


@pytest.mark.parametrize("short", ["counts", "rate_bpm", "activity", "deviation", "rmssd_ms"])
def test_a_night_has_one_row_an_epoch(short):
    with pytest.raises(ValueError, match="not one row an epoch"):
        Night("n", np.zeros(5, np.int8), **{short: np.zeros(4)})


def test_the_stages_of_a_night_are_int8_in_one_row():
    for stages in (np.zeros(5), np.zeros((5, 1), np.int8)):
        with pytest.raises(ValueError, match="not one row an epoch"):
            Night("n", stages)


def told_in(files, stage_of):
    """Stages counted straight from the tables."""
    told = Counter()
    for path in files:
        with path.open(newline="") as text:
            told.update(stage_of[row["stage"]] for row in csv.DictReader(text))
    return told


def stages_of(found):
    return Counter(
        int(stage) for person in found for night in person.nights for stage in night.stages
    )


REAL = {
    "sleep_accel_features": {"0": W, "1": L, "2": L, "3": D, "4": D, "5": R},
    "slpdb": {"W": W, "1": L, "2": L, "3": D, "4": D, "R": R, "MT": U},
}


@pytest.mark.parametrize("name", REAL)
def test_real_people_have_the_stages_of_their_tables(data, name):
    files = sorted((data / name).glob("*_stages.csv" if name == "slpdb" else "*.csv"))
    found = people(name)
    told, read = told_in(files, REAL[name]), stages_of(found)
    assert {stage: read[stage] for stage in (W, L, D, R)} == {s: told[s] for s in (W, L, D, R)}
    assert read[U] >= told[U]
    assert sum(len(person.nights) for person in found) == len(files)
    assert len({person.name for person in found}) == len(found)


def test_real_people_s_features_are_there_wherever_a_stage_is(data):
    for person in people("sleep_accel_features"):
        for night in person.nights:
            scored = night.stages != U
            assert np.array_equal(np.isfinite(night.activity), scored)
            assert np.array_equal(np.isfinite(night.deviation), scored)


def test_real_hearts_are_those_of_sleepers(data):
    """Deep sleep's heart is steadier than that of waking, and few epochs are unheard."""
    found = people("slpdb")
    nights = [night for person in found for night in person.nights]
    assert len(nights) > len(found)  # two records of one man are among the shared ones
    rates, variation, stages = (
        np.concatenate([getattr(night, what) for night in nights])
        for what in ("rate_bpm", "rmssd_ms", "stages")
    )
    assert np.isnan(rates).mean() < 0.01 and np.isnan(variation).mean() < 0.01
    assert np.nanmin(rates) > 40 and np.nanmax(rates) < 130
    assert 20 < np.nanmedian(variation) < 60
    assert np.nanmedian(rates[stages == D]) < np.nanmedian(rates[stages == W])
