"""Nights of the library's people through the real firmware, against the bands of sleepers.toml."""

import random

import numpy as np
import pytest
from sleepsync.bench import fixtures
from sleepsync.night import Night, Truth
from sleepsync.paths import records
from sleepsync.world.library import NAMES

SAMPLE = 2  # of nine, whose whole nights the bench runs


@pytest.mark.parametrize("length", fixtures.LENGTHS_H)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_the_summary_has_a_band(worker, name, length):
    told = set(worker.call("firmware.stages.morning:summarise", b"\x03"))
    bands = fixtures.bands(name, length)
    assert told | {"rate_known_pct", "off_body_pct", "moving_pct"} <= set(bands)
    assert all(low <= high for low, high in bands.values())
    assert ("rate_near_pct" in bands) == (name != "nobody")
    assert ("agree_pct" in bands) == ("wake_found_pct" in bands) == (name != "nobody")


@pytest.mark.parametrize("name", random.Random(1).sample(list(NAMES), SAMPLE))
def test_a_night_lies_in_its_bands(name, tmp_path):
    night = fixtures.run(name, "short", tmp_path)
    assert fixtures.out_of_band(night, fixtures.bands(name, "short")) == []
    stages = {score.stage for score in night.scores}
    if name == "nobody":
        assert stages == {records.NOT_WORN}
    if name == "slips-off":
        off = round(0.6 * 300)
        assert {score.stage for score in night.scores[off + 1 :]} == {records.NOT_WORN}
        assert records.NOT_WORN not in {score.stage for score in night.scores[:off]}


def a_night(rates_dbpm=(600, 610, 0, 640), flags=(0, 0, 4, 16), **summary):
    """Four epochs of a heart that truly beats at 60 /min."""
    blank = records.EPOCH.tuple(*[0] * len(records.EPOCH.tuple._fields))
    no_room = sum(getattr(records, name, 0) for name in ("NO_LIGHT", "NO_CLIMATE", "NO_SOUND"))
    epochs = [
        blank._replace(index=i, rate_dbpm=rate, flags=flag | no_room)
        for i, (rate, flag) in enumerate(zip(rates_dbpm, flags, strict=True))
    ]
    truth = Truth(stages=["2"] * 4, rate_bpm=np.array([60.0, 60.0, 60.0, 60.0]))
    return Night("x", None, epochs, [], [], {"asleep_s": 90} | summary, None, truth, {}, [])


FITTING = {
    "asleep_s": (90, 90),
    "rate_known_pct": (75, 75),
    "off_body_pct": (20, 30),
    "moving_pct": (25, 25),
    "faults_told": (0, 0),
    "rate_dbpm": (600, 620),
    "rate_near_pct": (66, 67),
}


def test_a_night_inside_its_bands_is_not_complained_of():
    assert fixtures.out_of_band(a_night(), FITTING) == []


@pytest.mark.parametrize(
    ("night", "complaint"),
    [
        (a_night(asleep_s=120), "asleep_s: 120; 90 to 90 wanted"),
        (a_night(asleep_s=60), "asleep_s: 60; 90 to 90 wanted"),
        (a_night(flags=(0, 0, 4, 0)), "moving_pct: 0; 25 to 25 wanted"),
        (a_night(flags=(0, 0, 0, 16)), "off_body_pct: 0; 20 to 30 wanted"),
        (a_night((600, 700, 0, 640)), "rate_dbpm: 640; 600 to 620 wanted"),
        (a_night((600, 610, 0, 600)), "rate_near_pct: 100; 66 to 67 wanted"),
        (a_night(rem_s=5), "rem_s: 5 has no band"),
    ],
)
def test_a_figure_out_of_its_band_is_named(night, complaint):
    assert complaint in fixtures.out_of_band(night, FITTING)


def test_a_part_called_missing_is_out_of_band():
    night = a_night()
    night.events.append(records.EVENT.tuple(0, records.PART_MISSING, records.PULSE, 0))
    assert "faults_told: 1; 0 to 0 wanted" in fixtures.out_of_band(night, FITTING)


def test_a_figure_that_nobody_knows_is_out_of_band():
    silent = fixtures.out_of_band(a_night((0, 0, 0, 0)), FITTING)
    assert "rate_dbpm: not known; 600 to 620 wanted" in silent
    assert "rate_near_pct: not known; 66 to 67 wanted" in silent


def test_scores_are_held_against_the_truth_where_both_know():
    night = a_night()
    night.truth.stages[:] = ["W", "W", "2", "?"]
    said = (records.WAKE, records.ASLEEP, records.ASLEEP, records.WAKE)
    night.scores[:] = [records.SCORE.tuple(i, stage, 0, 0, 0, 0) for i, stage in enumerate(said)]
    found = fixtures.figures(night)
    assert found["agree_pct"] == pytest.approx(200 / 3)
    assert found["wake_found_pct"] == 50
    night.scores[1] = night.scores[1]._replace(stage=records.NOT_WORN)
    assert fixtures.figures(night)["wake_found_pct"] == 100


def test_the_room_is_told_of_the_epochs_that_heard_it():
    night = a_night()
    light_mlx, level_ddb = (20, 40, 60, 9000), (300, 320, 0, 410)
    for i, epoch in enumerate(night.epochs):
        deaf = records.NO_SOUND if i == 2 else 0
        night.epochs[i] = epoch._replace(
            flags=records.NO_CLIMATE | deaf,
            light_mlx=light_mlx[i],
            level_ddb=level_ddb[i],
            loudest_ddb=level_ddb[i] + 50,
        )
    found = fixtures.figures(night)
    assert found["light_mlx"] == 50
    assert found["level_ddb"] == 320
    assert found["loudest_ddb"] == 460
    assert not {"temperature_cdeg", "humidity_pct"} & set(found)


def test_bands_span_their_seeds_and_little_more():
    nights = [
        {
            "wake_s": 600,
            "asleep_s": 4000,
            "rate_known_pct": 99.5,
            "awakenings": 0,
            "rem_s": -1,
            "level_ddb": 317,
        },
        {
            "wake_s": 900,
            "asleep_s": 4010,
            "rate_known_pct": 97.0,
            "awakenings": 9,
            "rem_s": -1,
            "level_ddb": 317,
        },
    ]
    assert fixtures.spanning(nights) == {
        "wake_s": (525, 975),  # a quarter of 300 on either side
        "asleep_s": (3940, 4070),  # no less than a minute
        "rate_known_pct": (96, 100),  # no share is more than all
        "awakenings": (0, 12),  # nor less than nothing
        "rem_s": (-1, -1),  # the same in all: no room
        "level_ddb": (307, 327),  # unless it was measured
    }
