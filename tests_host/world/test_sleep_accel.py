"""Sleepers of sleep-accel: their raw motion and pulse show the features that were measured.

The oracle is the published recipe, by the definitions of the data's README, on what the
world writes and on the beats: it knows nothing of how the sleeper was made.
"""

import csv
from array import array

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt
from sleepsync.bench import recovered
from sleepsync.bench.recovered import Recovered, recover
from sleepsync.data import DataDamaged, DataMissing
from sleepsync.paths import records
from sleepsync.world import UNSCORED
from sleepsync.world.accel import ONE_G, Acceleration
from sleepsync.world.sleep_accel import from_sleep_accel
from sleepsync.world.truth import truth

RATE_HZ = 50
HEAD = ("time_h", "hr_feature", "count_feature", "cosine_feature", "stage")
PEOPLE = ("46343", "759667")  # a short night; one with a gap


def rows_of(path):
    with path.open(newline="") as text:
        return list(csv.DictReader(text))


def file_of(data, name):
    return data / "sleep_accel_features" / f"{name}.csv"


def made(folder, counts, heart=None, stages=None, name="made.csv"):
    """A file of features, one row an epoch."""
    heart = np.full(len(counts), 0.3) if heart is None else heart
    stages = [2] * len(counts) if stages is None else stages
    with (folder / name).open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEAD)
        for i, row in enumerate(zip(heart, counts, stages, strict=True)):
            writer.writerow([f"{i / 120:.6f}", row[0], row[1], 0, row[2]])
    return folder / name


def bump(epochs, at, height):
    """The count_feature of one lively epoch."""
    return height * np.exp(-(((np.arange(epochs) - at) * 30 / 50) ** 2) / 2)


# -- the published recipe


def published_counts(sleeper):
    """Counts every 15 s of the axis that shakes most."""
    raw = Acceleration(sleeper, RATE_HZ).block(0, int(sleeper.duration_s) * RATE_HZ)
    band = butter(5, (3, 11), "bandpass", fs=RATE_HZ, output="sos")
    magnitude_g = abs(sosfiltfilt(band, raw / ONE_G, axis=0)).max(axis=1)
    bins = np.digitize(magnitude_g, np.linspace(0, 5, 129)).reshape(-1, RATE_HZ).max(axis=1)
    return np.maximum((bins.reshape(-1, 15).sum(axis=1) - 18) * 3.07, 0)


def count_feature(sleeper):
    counts = published_counts(sleeper)
    seconds = np.arange(int(sleeper.duration_s)) + 0.5
    fine = np.interp(seconds, (np.arange(len(counts)) + 0.5) * 15, counts)
    apart_s = (np.arange(len(sleeper.stages)) * 30 + 15)[:, None] - seconds
    weights = np.exp(-((apart_s / 50) ** 2) / 2) * (abs(apart_s) <= 300)
    return weights @ fine / weights.sum(axis=1)


def hr_feature(sleeper):
    """Of the mean rate of every 5 s: breathing goes with the mean, as in a watch's own rate."""
    beats_s = sleeper.beats_s
    seconds = np.arange(int(sleeper.duration_s))
    edges_s = np.clip(np.arange(0, sleeper.duration_s + 5, 5), beats_s[0], beats_s[-1])
    passed = np.interp(edges_s, beats_s, np.arange(len(beats_s)))
    every_5_s = 60 * np.diff(passed) / np.diff(edges_s)
    fine = np.interp(seconds, np.arange(len(every_5_s)) * 5 + 2.5, every_5_s)
    i = np.arange(285) - 142
    kernel = np.exp(-((i / 120) ** 2) / 2) - 0.75 * np.exp(-((i / 600) ** 2) / 2)
    quick = np.convolve(np.pad(fine - fine.mean(), 142, mode="symmetric"), kernel, "valid")
    quick /= np.percentile(abs(quick), 90)
    starts_s = np.arange(len(sleeper.stages)) * 30
    return np.array([quick[max(0, s - 285) : s + 315].std() for s in starts_s])


def epochs_of(rows):
    return np.rint([float(row["time_h"]) * 120 for row in rows]).astype(int)


def correlation(feature, rows, column):
    return np.corrcoef(feature[epochs_of(rows)], [float(row[column]) for row in rows])[0, 1]


# -- real people


@pytest.mark.parametrize("name", PEOPLE)
def test_raw_motion_and_heart_show_the_measured_features(data, name):
    """By the published recipe, without the puck; the size, too, not only the shape."""
    rows = rows_of(file_of(data, name))
    sleeper = from_sleep_accel(file_of(data, name), 1)
    counts, deviation = count_feature(sleeper), hr_feature(sleeper)
    assert correlation(counts, rows, "count_feature") >= 0.96
    assert correlation(deviation, rows, "hr_feature") >= 0.97
    measured = np.array([float(row["count_feature"]) for row in rows])
    assert counts[epochs_of(rows)].mean() == pytest.approx(measured.mean(), rel=0.2)
    measured = np.array([float(row["hr_feature"]) for row in rows])
    assert deviation[epochs_of(rows)].mean() == pytest.approx(measured.mean(), rel=0.2)


def test_a_sleeper_is_one_that_could_be(data):
    """Rates, movements and turns of the liveliest person's first hours."""
    sleeper = from_sleep_accel(file_of(data, "9961348"), 3, hours=3)
    rates_bpm = truth(sleeper)["rate_bpm"]
    assert 43 < rates_bpm.min() < rates_bpm.max() < 102
    assert 50 < np.median(rates_bpm) < 80
    assert np.all(np.diff(sleeper.beats_s) > 0.5)
    ends_s = [m.start_s + m.length_s for m in sleeper.movements]
    assert all(
        m.start_s // 15 == end // 15 for m, end in zip(sleeper.movements, ends_s, strict=True)
    )
    assert all(0.03 <= m.strength_g <= 1.2 for m in sleeper.movements)
    starts_s = {m.start_s for m in sleeper.movements}
    assert len(sleeper.turns) > 3
    assert all(turn.at_s in starts_s for turn in sleeper.turns[1:])
    assert np.all(np.diff([turn.at_s for turn in sleeper.turns]) > 0)


def test_stages_are_the_file_s_and_what_was_left_out_is_unscored(data):
    rows = rows_of(file_of(data, "1066528"))
    sleeper = from_sleep_accel(file_of(data, "1066528"), 1, hours=3.4)
    scored = dict(zip(epochs_of(rows), (int(row["stage"]) for row in rows), strict=True))
    expected = ["W1234R"[scored[e]] if e in scored else UNSCORED for e in range(408)]
    assert UNSCORED in expected
    assert sleeper.stages == expected
    assert sleeper.duration_s == 408 * 30
    assert len(sleeper.breaths_per_min) == 408
    assert sleeper.name == "sleep-accel 1066528"


def test_what_was_not_recorded_is_called_generated(data):
    sources = from_sleep_accel(file_of(data, "7749105"), 1).sources
    assert sources["stages"].startswith("measured")
    assert {"pulse", "motion", "room", "stages"} == set(sources)
    assert all(sources[what].startswith("generated") for what in ("pulse", "motion", "room"))


def test_through_the_puck_a_person_s_features_come_back(data, tmp_path):
    """Two hours of a night, from chips to journal, by the firmware's own functions."""
    person = recover(file_of(data, "844359"), tmp_path, 1, hours=2)
    assert person.activity.shape == (2, person.epochs)
    assert person.heart.shape[1] >= 0.95 * person.epochs
    assert person.activity_corr >= 0.97
    assert person.heart_corr >= 0.90
    assert person.activity[1].mean() == pytest.approx(person.activity[0].mean(), rel=0.2)


# -- made features: no data needed


def test_who_never_moves_and_never_stirs(tmp_path):
    sleeper = from_sleep_accel(made(tmp_path, np.zeros(120), np.zeros(120)), 1)
    assert sleeper.movements == []
    assert len(sleeper.turns) == 1
    assert np.ptp(truth(sleeper)["rate_bpm"][:-1]) < 2


@pytest.mark.parametrize(("height", "tolerance"), [(3, 0.4), (20, 0.15), (60, 0.15)])
def test_one_lively_epoch_moves_then_and_as_much(tmp_path, height, tolerance):
    """All movement lies about that epoch, and its counts are the feature's: of six, the mean."""
    path = made(tmp_path, bump(60, 30, height))
    sleepers = [from_sleep_accel(path, seed) for seed in range(6)]
    at_s = np.array([m.start_s for sleeper in sleepers for m in sleeper.movements])
    assert np.all(abs(at_s - 30.5 * 30) < 60)
    seen = np.mean([count_feature(sleeper).sum() for sleeper in sleepers])
    assert seen == pytest.approx(bump(60, 30, height).sum(), rel=tolerance)


def test_faint_activity_is_not_rounded_away(tmp_path):
    """A third of a count everywhere: a movement now and then, as many as it takes."""
    sleeper = from_sleep_accel(made(tmp_path, np.full(400, 1 / 3)), 1)
    assert count_feature(sleeper).mean() == pytest.approx(1 / 3, rel=0.3)
    gaps_s = np.diff([m.start_s for m in sleeper.movements])
    assert 100 < gaps_s.max() < 200


def test_a_turn_s_jolt_is_lost_in_what_is_counted(tmp_path):
    """Awake and evenly lively: a slot with a turn counts little more than one without."""
    path = made(tmp_path, np.full(90, 60), stages=[0] * 90)
    turned, others = [], []
    for seed in range(2):
        sleeper = from_sleep_accel(path, seed)
        counts = published_counts(sleeper)
        at = [int(turn.at_s // 15) for turn in sleeper.turns[1:]]
        turned += counts[at].tolist()
        others += np.delete(counts, at).tolist()
    assert len(turned) >= 4
    assert np.mean(turned) == pytest.approx(np.mean(others), rel=0.3)


def test_the_same_seed_gives_the_same_sleeper_and_another_seed_another(tmp_path):
    path = made(tmp_path, bump(100, 70, 40), np.linspace(0.1, 1, 100), [0, 2] * 50)
    one, again, other = (from_sleep_accel(path, seed) for seed in (1, 1, 2))
    assert one.movements == again.movements
    assert one.turns == again.turns
    assert np.array_equal(one.beats_s, again.beats_s)
    assert one.movements != other.movements
    assert not np.array_equal(one.beats_s[:500], other.beats_s[:500])
    assert one.stages == other.stages


def test_a_night_begins_with_its_first_row(tmp_path):
    """Whatever its time says."""
    text = made(tmp_path, bump(60, 30, 20)).read_text().splitlines()
    late = tmp_path / "late.csv"
    late.write_text("\n".join([text[0], *text[21:]]))
    sleeper = from_sleep_accel(late, 1)
    assert len(sleeper.stages) == 40
    assert min(m.start_s for m in sleeper.movements) > 5 * 30


def test_only_the_night_s_beginning_may_be_asked_for(tmp_path):
    path = made(tmp_path, np.zeros(120))
    assert len(from_sleep_accel(path, 1, hours=0.5).stages) == 60
    assert len(from_sleep_accel(path, 1, hours=5).stages) == 120
    with pytest.raises(ValueError, match="no epoch"):
        from_sleep_accel(path, 1, hours=0.001)


GOOD = "0.0,0.3,1,0,0\n0.008333,0.3,1,0,2\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("time_h,hr_feature\n0,1\n", "no time_h"),
        (",".join(HEAD) + "\n", "no row"),
        (",".join(HEAD) + "\n" + GOOD.replace("0.3", "much"), "no time_h"),
        (",".join(HEAD) + "\n" + GOOD.replace("0.3", "nan"), "not a number of 0 or more"),
        (",".join(HEAD) + "\n" + GOOD.replace(",1,", ",-1,"), "not a number of 0 or more"),
        (",".join(HEAD) + "\n" + GOOD + "0.008333,0.3,1,0,2\n", "not in order"),
        (",".join(HEAD) + "\n" + GOOD + "30,0.3,1,0,2\n", "not in order"),
        (",".join(HEAD) + "\n" + GOOD.replace(",2\n", ",6\n"), "stages other"),
        (",".join(HEAD) + "\n" + GOOD[:-12], "no time_h"),
        ("\0\xff" * 40, "no time_h"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, text, complaint):
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataDamaged, match=complaint) as damaged:
        from_sleep_accel(path, 1)
    assert str(path) in str(damaged.value)


def test_a_missing_person_says_what_was_looked_for(tmp_path):
    with pytest.raises(DataMissing, match=r"nobody\.csv.*SLEEPSYNC_DATA"):
        from_sleep_accel(tmp_path / "nobody.csv", 1)


# -- the figures


def epoch(index, flags=0, rate_dbpm=0, counts=0):
    """An epoch of the journal with beats that are not the rate."""
    values = dict.fromkeys(records.EPOCH.tuple._fields, 7)
    values |= {"index": index, "flags": flags, "rate_dbpm": rate_dbpm, "counts": counts}
    return records.EPOCH.tuple(**values)


def test_features_are_the_firmware_s_of_the_journal_s_epochs(worker):
    """A hole, an epoch without motion sensor, one after the night."""
    rates = [600 + 9 * (i * i % 17) for i in range(40)]
    epochs = [epoch(i, 0, rates[i], 5 * (i % 4)) for i in range(40) if i != 11]
    epochs[3] = epoch(3, records.NO_MOTION_SENSOR, rates[3], 99)
    activity, heart = recovered._found([*epochs, epoch(40, 0, 600, 999)], 40)
    rates[11] = 0
    counts = [5 * (i % 4) for i in range(40)]
    counts[3] = counts[11] = -1
    for at in range(40):
        expected = worker.call("firmware.stages.features:activity_q8", array("i", counts), at)
        assert activity[at] == expected
    expected = worker.call("firmware.stages.features:heart_deviation", array("i", rates))
    assert heart.tolist() == expected.tolist()
    assert (activity < 0).sum() == 2


def test_what_the_puck_does_not_know_is_not_compared():
    published, found = np.arange(4.0), np.array([0.0, -1 / 16, 5.0, -1 / 256])
    assert recovered._pairs(published, found).tolist() == [[0, 2], [0, 5]]


def person(name, slope):
    """Of 50 epochs; activity follows perfectly, the heart not at all if `slope` is 0."""
    x = np.arange(50.0)
    noise = np.where(x % 2, 1.0, -1.0)
    return Recovered(name, 100, np.stack((x, 2 * x + 1)), np.stack((x, slope * x + noise)))


def test_figures_name_everyone_and_all_together(monkeypatch):
    people = [person("a", 5), person("b", 0)]
    monkeypatch.setattr(recovered, "people", list)
    monkeypatch.setattr(recovered, "recovered", lambda paths: iter(people))
    figures = {figure.name: figure for figure in recovered.figures()}
    assert str(figures["world.activity_corr"]) == "world.activity_corr 1 r >=0.95 ok"
    assert figures["world.activity_known"].value == 50
    assert figures["world.heart_corr.a"].reached
    assert not figures["world.heart_corr.b"].reached
    assert figures["world.heart_corr"].goal == ">=0.85"
    assert abs(figures["world.heart_corr.b"].value) < 0.05
    assert 0.3 < figures["world.heart_corr"].value < 0.8
