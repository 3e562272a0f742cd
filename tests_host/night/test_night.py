"""Whole nights: through the real firmware, and against what is known of the sleeper."""

import json
import shutil

import numpy as np
import pytest
from bands import assert_accurate
from sleepsync.bench import night as bench
from sleepsync.bench.accuracy import accuracy
from sleepsync.paths import records
from sleepsync.reading import read_journal, read_night
from sleepsync.simulate import journals, run_night, run_puck
from sleepsync.vm import lines_in_32_bits
from sleepsync.world import generate, write_world

SHORT_H = 0.3


@pytest.fixture(scope="module")
def short_night(tmp_path_factory):
    """(folder, figures) of a generated night of 18 minutes."""
    folder = tmp_path_factory.mktemp("short")
    return folder, run_night(generate(4, SHORT_H), folder, taps="beats")


@pytest.fixture(scope="module")
def whole_night(tmp_path_factory):
    """(folder, figures) of a generated night of eight hours."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, run_night(generate(bench.SEED), folder, taps="beats")


def test_a_generated_night_is_heard_right(whole_night):
    assert_accurate(accuracy(whole_night[0]))


def test_a_night_keeps_to_its_budgets(whole_night):
    folder, cost = whole_night
    seconds = cost["lasted_us"] / 1e6
    assert seconds == pytest.approx(8 * 3600, abs=2)
    assert cost["wakes"] / seconds <= 10
    assert cost["flash_programmed_bytes"] <= 256 * 1024
    assert cost["charged_us"]["kernel"] / cost["lasted_us"] <= 0.003
    assert journals(folder)[0].stat().st_size <= 40 * 1024


def test_every_kind_of_work_has_been_charged(whole_night):
    """None is zero, and together they are a small part of the night, not all of it.

    Only the ring costs nothing: nobody has asked for light.
    """
    charged = whole_night[1]["charged_us"]
    assert {kind for kind, us in charged.items() if us > 1_000_000} == {
        *("bus", "flash", "collect", "kernel", "switch", "i2s")
    }
    assert charged["ring"] == 0
    assert sum(charged.values()) < 0.05 * whole_night[1]["lasted_us"]
    assert sum(charged.values()) + whole_night[1]["idle_us"] == whole_night[1]["lasted_us"]


def test_the_summary_of_a_generated_night_lies_in_its_bands(whole_night):
    """Of the morning and live: the bands hold the bias, not hide it."""
    night = read_night(whole_night[0])
    true = night.reference
    for said in (night.summary, night.live_summary):
        assert said["time_in_bed_s"] == true["time_in_bed_s"] == 8 * 3600
        assert abs(said["total_sleep_time_s"] - true["total_sleep_time_s"]) <= 45 * 60
        for stage in ("light_s", "deep_s", "rem_s"):
            assert abs(said[stage] - true[stage]) <= 60 * 60, stage
        assert said["efficiency_pct"] in range(75, 100)
    assert len(night.epochs) == len(night.scores) == len(night.morning) == 960


def test_a_replay_in_32_bits_gives_the_same_scores(whole_night):
    """Both, bit for bit: what the puck wrote live, and the morning's of the same journal."""
    (journal,) = journals(whole_night[0])
    *_, last = lines_in_32_bits("both_scores.py", f"/3/{journal.name}", folders=(journal.parent,))
    live, morning = json.loads(last)
    night = read_night(whole_night[0])
    assert [tuple(score) for score in live] == night.scores
    assert [tuple(score) for score in morning] == night.morning


def test_the_same_seed_gives_the_same_journal(short_night, tmp_path):
    run_night(generate(4, SHORT_H), tmp_path)
    first, again = (journals(folder)[0].read_bytes() for folder in (short_night[0], tmp_path))
    assert first == again
    run_night(generate(5, SHORT_H), tmp_path)
    assert journals(tmp_path)[0].read_bytes() != first


def test_a_replay_gives_the_same_scores(short_night):
    found = read_journal(journals(short_night[0])[0])
    assert found.rescored == found.of(records.SCORE)
    assert len(found.rescored) == 36
    assert found.damaged_bytes == found.broken_seals == 0


def test_epochs_are_numbered_and_timed_from_the_start(short_night):
    """Epoch i is the i-th 30 s: its heart rate is that of the truth's epoch i, not i +- 1."""
    epochs = read_journal(journals(short_night[0])[0]).of(records.EPOCH)
    assert [epoch.index for epoch in epochs] == list(range(36))
    truth = np.load(short_night[0] / "truth.npz")
    said = np.array([epoch.rate_dbpm / 10 for epoch in epochs])
    still = ~truth["moving"][:36] & (said > 0)

    def off_bpm(shift):
        return np.nanmean(abs(said - np.roll(truth["rate_bpm"][:36], shift))[still])

    assert off_bpm(0) < 0.3
    assert min(off_bpm(1), off_bpm(-1)) > 3 * off_bpm(0)


def test_the_firmware_says_what_it_found(short_night):
    said = []
    run_puck(short_night[0], say=said.append)
    text = "\n".join(said)
    assert "found: pulse sensor, motion sensor, light sensor, climate sensor" in text
    assert "night 2 is written" in text  # the puck still had its first night


def test_a_world_without_truth_is_read_too(tmp_path):
    run_night(generate(6, 0.1), tmp_path)
    (tmp_path / "truth.npz").unlink()
    night = read_night(tmp_path)
    assert night.truth is None
    assert len(night.epochs) == 12


@pytest.mark.parametrize(
    ("sensor", "flag", "words"),
    [
        ("pulse", records.NO_PULSE_SENSOR, "pulse sensor: no answer at 0x57"),
        ("motion", records.NO_MOTION_SENSOR, "motion sensor: no answer at 0x18"),
    ],
)
def test_a_missing_sensor_costs_only_itself(tmp_path, sensor, flag, words):
    said = []
    write_world(generate(7, 0.1), tmp_path)
    run_puck(tmp_path, say=said.append, missing=sensor)
    found = read_journal(journals(tmp_path)[0])
    epochs = found.of(records.EPOCH)
    assert len(epochs) == 12
    assert all(epoch.flags & flag for epoch in epochs)
    assert "\n".join(said).count(words) == 1
    assert any(event.kind == records.PART_MISSING for event in found.of(records.EVENT))
    if sensor == "pulse":
        stages = [score.stage for score in found.rescored]
        first = next(epoch.index for epoch in epochs if epoch.counts)  # somebody is there
        assert set(stages[:first]) <= {records.UNKNOWN}
        assert set(stages[first:]) <= {records.WAKE, records.ASLEEP}
    else:
        assert sum(epoch.rate_dbpm > 0 for epoch in epochs) >= 10
        assert {score.stage for score in found.rescored} == {records.UNKNOWN}


def test_a_puck_without_any_sensor_still_counts_its_epochs(tmp_path):
    write_world(generate(7, 0.1), tmp_path)
    run_puck(tmp_path, missing="pulse,motion")
    found = read_journal(journals(tmp_path)[0])
    assert [epoch.index for epoch in found.of(records.EPOCH)] == list(range(12))
    assert found.summary["unknown_s"] == found.summary["time_in_bed_s"] == 360


def test_a_night_survives_being_moved(short_night, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(short_night[0], moved)
    assert read_night(moved).summary == read_night(short_night[0]).summary
