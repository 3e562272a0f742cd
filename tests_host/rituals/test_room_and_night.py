"""How the room and the night went together: figures known by hand, and the words for them."""

import dataclasses
import re
from datetime import datetime

import made_rituals as made
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import (
    advice,
    page,
    palette,
    series,
    together,
    together_picture,
    together_words,
    words,
)
from sleepsync.report import write_report as write

pytestmark = pytest.mark.rituals
N = 1000
ONSET = 60
WAKES = (180, 300, 395, 470, 560, 640, 730, 800, 900)
LOUD, USUAL = 520, 350  # 0.1 dBA
ROOM = {"light_mlx": 20, "temperature_cdeg": 1800, "humidity_pct": 45, "level_ddb": 320,
        "loudest_ddb": USUAL}  # fmt: skip


def columns(**changes) -> dict:
    given = {name: np.full(N, value) for name, value in ROOM.items()}
    given |= {"flags": np.zeros(N, int), "counts": np.zeros(N, int)}
    return given | changes


def slept(wakes=WAKES, **changes) -> Night:
    """A night of 1000 epochs, asleep from 60 on, two waking minutes at each of `wakes`."""
    stages = np.full(N, records.LIGHT)
    stages[:ONSET] = records.WAKE
    for at in wakes:
        stages[at : at + 4] = records.WAKE
    given = columns(**changes)
    blank = dict.fromkeys(records.EPOCH.names, 0)
    epochs = [
        records.EPOCH.tuple(**{**blank, "index": i, **{k: int(v[i]) for k, v in given.items()}})
        for i in range(N)
    ]
    return Night(
        name="made",
        start=datetime(2026, 1, 15, 22, 30),
        epochs=epochs,
        scores=[records.SCORE.tuple(i, int(stage), 0, 0, 0, 0) for i, stage in enumerate(stages)],
        events=[],
        summary={},
        reference=None,
        truth=None,
        sources={},
        notes=[],
    )


def noisy(at, value=LOUD) -> np.ndarray:
    levels = np.full(N, USUAL)
    levels[list(at)] = value
    return levels


def plain(night: Night) -> str:
    return " ".join(together_words.sentences(night)).replace(words.NBSP, " ")


PLANTED = noisy([w - 1 - w % 3 for w in WAKES[:6]])


# Awakenings


def test_awakenings_are_those_of_the_score():
    found = together.awakenings(slept())
    assert [one.index for one in found] == list(WAKES)
    assert together.sleep_span(slept()) == (ONSET, N)


def test_what_the_waking_brings_is_no_awakening_of_the_night(tmp_path):
    journal = made.whole().epochs(made.stages(awakenings=WAKES))
    night = journal.event("07:10", records.STOP, 0).night(tmp_path)
    rung = journal.ms("06:30") // 30_000  # the sunrise
    assert [one.index for one in together.awakenings(night)] == [w for w in WAKES if w < rung]
    assert together.sleep_span(night)[1] == rung


@pytest.mark.parametrize("back", range(1, 7))
def test_a_noise_counts_for_two_minutes(back):
    (one, *_) = together.awakenings(slept(loudest_ddb=noisy([WAKES[0] - back])))
    assert one.is_after_noise == (back <= 4)
    assert one.rise_db == pytest.approx(17 if back <= 4 else 0)


@pytest.mark.parametrize(("rise_ddb", "is_noise"), [(99, False), (100, True)])
def test_ten_decibels_over_the_median_are_a_noise(rise_ddb, is_noise):
    night = slept(loudest_ddb=noisy([WAKES[0] - 2], USUAL + rise_ddb))
    assert together.awakenings(night)[0].is_after_noise == is_noise


def test_the_sleeper_s_own_noise_while_awake_is_none():
    """What is heard in a waking epoch does not count before the next awakening either."""
    wakes = (180, 186)  # awake 180 to 183
    night = slept(wakes, loudest_ddb=noisy([180, 183, 186]))
    assert [one.is_after_noise for one in together.awakenings(night)] == [False, False]
    heard = slept(wakes, loudest_ddb=noisy([184]))
    assert [one.is_after_noise for one in together.awakenings(heard)] == [False, True]


def test_what_the_microphone_missed_is_unknown_and_no_silence():
    flags = np.zeros(N, int)
    flags[WAKES[1] - 4 : WAKES[1]] = records.NO_SOUND
    night = slept(flags=flags, loudest_ddb=PLANTED)
    found = together.awakenings(night)
    assert np.isnan(found[1].rise_db)
    assert not found[1].is_after_noise
    told = together.chance(night)
    assert (told.known, told.after_noise) == (8, 5)
    assert together_words.rows(night)[1].noise == "unknown"
    assert "Of 8 awakenings (before 1 more it is unknown), 5 had a noise" in plain(night)


def test_light_and_temperature_before_an_awakening():
    light, warm = np.full(N, 20), np.linspace(2000, 1700, N)
    light[WAKES[0] - 2] = 4020
    (one, other, *_) = together.awakenings(slept(light_mlx=light, temperature_cdeg=warm))
    assert (one.light_lx, one.is_after_light) == (pytest.approx(4.0), True)
    assert (other.light_lx, other.is_after_light) == (0, False)
    assert one.temperature_c == pytest.approx(warm[WAKES[0] - 1] / 100, abs=0.01)
    assert one.drift_c == pytest.approx(-300 / 999 * 59 / 100, abs=0.02)
    row = together_words.rows(slept(light_mlx=light))[0]
    assert (row.when, row.light.replace(words.NBSP, " ")) == ("00:00", "+4.0 lx")


def test_the_puck_s_own_light_is_called_its_own(tmp_path):
    light = np.full(made.EPOCHS, 20)
    light[438:448] = 900 + 400
    journal = made.whole().epochs(made.stages(awakenings=(440,)), light_mlx=light)
    found = together.awakenings(journal.night(tmp_path))
    assert (found[0].is_own_light, found[0].is_after_light) == (False, True)  # the lamp: 02:10
    lit = made.Journal().act("02:08", 1, made.PRESSED, made.LAMP, "02:12", made.STOPPED)
    lit.epochs(made.stages(awakenings=(440,)), light_mlx=light)
    (one,) = [o for o in together.awakenings(lit.night(tmp_path)) if o.index == 440]
    assert one.is_own_light
    assert together_words.jump(one).endswith("the puck's")


# Chance


def test_planted_noise_is_found_and_is_hardly_chance():
    told = together.chance(slept(loudest_ddb=PLANTED))
    assert (told.known, told.after_noise) == (9, 6)
    assert told.share < 0.01
    assert told.expected < 1
    assert "Of 9 awakenings, 6 had a noise" in plain(slept(loudest_ddb=PLANTED))
    assert "under 1 % of the tries: hardly chance." in plain(slept(loudest_ddb=PLANTED))


def test_noise_that_comes_at_random_is_no_more_than_chance():
    shares = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        night = slept(loudest_ddb=noisy(rng.choice(np.arange(ONSET, N), 60, replace=False)))
        shares.append(together.chance(night).share)
    assert np.mean(np.array(shares) <= 0.05) <= 0.15
    assert np.median(shares) > 0.2


def test_a_quiet_night_has_none_and_says_so():
    night = slept()
    told = together.chance(night)
    assert (told.after_noise, told.expected, told.share) == (0, 0, 1)
    assert "Of 9 awakenings, none had a noise" in plain(night)
    assert "hardly" not in plain(night)


def test_what_would_be_by_chance_is_the_share_of_noisy_time():
    """A noise every 20 epochs stands in the window of 4 of 20: one awakening in five."""
    night = slept(loudest_ddb=noisy(range(ONSET + 10, N, 20)))
    assert together.chance(night).expected == pytest.approx(9 / 5, rel=0.08)


@pytest.mark.parametrize("count", [1, 4])
def test_few_awakenings_are_not_told_from_chance(count):
    said = plain(slept(WAKES[:count], loudest_ddb=PLANTED))
    assert "So few cannot be told from chance." in said
    assert "tries" not in said


def test_it_comes_out_the_same_again():
    one, other = (together.chance(slept(loudest_ddb=PLANTED)) for _ in range(2))
    assert one.counts.tolist() == other.counts.tolist()


# By the hour


def test_hours_are_the_clock_s_and_only_what_was_measured():
    moving = np.where(np.arange(N) % 4 == 0, records.MOVING, 0)
    moving[180:300] = records.NO_MOTION_SENSOR | records.NO_CLIMATE
    found = together.by_hour(slept(flags=moving, temperature_cdeg=np.full(N, 1830)))
    begins = [hour.begin_h for hour in found]
    assert begins[:3] == [0.5, 1.5, 2.5]  # asleep from 23:00 on
    assert [f"{h.restless:.2f}" for h in found[:3]] == ["0.25", "nan", "0.25"]
    assert [np.isnan(hour.temperature_c) for hour in found[:3]] == [False, True, False]
    assert found[-1].temperature_c == pytest.approx(18.3)


def test_warmest_and_coolest_hour_are_told():
    warm = np.linspace(2000, 1700, N)
    moving = np.where(np.arange(N) < 180, records.MOVING, 0)
    said = plain(slept(temperature_cdeg=warm, flags=moving))
    assert "In the warmest hour, from 23:00 at 19.6 °C, the sleeper moved in 100 %" in said
    assert re.search(r"coolest, from 06:00 at 17.\d °C, the sleeper moved in 0 %", said)
    nothing = slept(flags=np.full(N, records.NO_CLIMATE))
    assert "Temperature against restlessness: unknown." in plain(nothing)


# Advice


def verdicts(night: Night) -> dict[str, str]:
    return {one.name: one.verdict.replace(words.NBSP, " ") for one in advice.of_night(night)}


def test_a_room_as_is_advised():
    assert verdicts(slept()) == {
        "Noise, energy mean": "cannot be told: under 33 dBA the microphone hears itself",
        "Loudest heard": "within",
        "Light, median": "within",
        "Temperature, median": "within",
    }


def test_a_room_that_is_not():
    light, warm, loud = np.full(N, 20), np.full(N, 1550), noisy([500, 501])
    light[600:620] = 1500
    warm[500:] = 2200
    night = slept((), light_mlx=light, temperature_cdeg=warm, loudest_ddb=loud,
                  level_ddb=np.full(N, 380))  # fmt: skip
    assert verdicts(night) == {
        "Noise, energy mean": "above 30 dBA",
        "Loudest heard": "above 45 dBA for 1 min",
        "Light, median": "above 1 lx for 10 min",
        "Temperature, median": "above 21 °C for 4 h 10 min, below 16 °C for 3 h 40 min",
    }


def test_bedtime_is_the_quarter_of_an_hour_before_sleep():
    warm = np.full(N, 1800)
    warm[ONSET - 30 : ONSET] = 2100
    (*_, row) = advice.of_night(slept(temperature_cdeg=warm))
    assert row.bedtime_words.replace(words.NBSP, " ") == "21.0 °C"
    assert row.asleep_words.replace(words.NBSP, " ") == "18.0 °C"


def test_what_was_not_measured_is_unknown():
    flags = records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND
    night = slept(flags=np.full(N, flags))
    assert set(verdicts(night).values()) == {"unknown"}
    rows = together_words.rows(night)
    assert {(row.noise, row.light, row.temperature) for row in rows} == {("unknown",) * 3}
    assert "what was to be heard before them is unknown" in plain(night)
    assert together_picture.draw(night, palette.LIGHT, 860)


# The page and the picture


def test_who_did_not_sleep_has_no_such_page(tmp_path):
    night = dataclasses.replace(slept(), scores=[])
    (tmp_path / "room.png").write_bytes(b"of the night before")
    write(night, tmp_path)
    assert not (tmp_path / "room.png").exists()
    assert "The room and the night" not in page.html(night)


def test_the_page_has_no_score_no_cause_and_no_medical_word():
    html = page.html(slept(loudest_ddb=PLANTED))
    section = html[html.index('<section class="together"') :]
    text = re.sub(r"<[^>]+>", " ", section[: section.index("</section>")]).lower()
    assert "the room and the night" in text
    assert not re.search(r"\b(score|apno|insomnia|woke you|because|disorder|disturbed by)", text)
    assert "not what caused what" in text


def shades(figure) -> list[tuple[float, float, float]]:
    """(row from above, from and to which epoch) of each loud column."""
    wanted = tuple(int(palette.LIGHT.noise[i : i + 2], 16) / 255 for i in (1, 3, 5))
    found = []
    for row, patch in enumerate(p for p in figure.axes[0].patches if hasattr(p, "get_data")):
        if patch.get_facecolor()[:3] == pytest.approx(wanted):
            values, edges, base = patch.get_data()
            columns = np.flatnonzero(values < np.asarray(base) - 0.01)
            found += [(row // 2, edges[i]) for i in columns]
    return found


def test_each_planted_noise_is_drawn_where_it_was():
    figure = together_picture.draw(slept(loudest_ddb=PLANTED), palette.LIGHT, 860)
    assert shades(figure) == [(row, -1 - w % 3) for row, w in enumerate(WAKES[:6])]
    assert shades(together_picture.draw(slept(), palette.LIGHT, 860)) == []


@pytest.mark.parametrize("width", [350, 860])
def test_its_words_do_not_meet_and_stay_on_the_sheet(width):
    light = np.full(N, 20)
    light[WAKES[2] - 2] = 123_000
    night = slept(loudest_ddb=PLANTED, light_mlx=light)
    figure = together_picture.draw(night, palette.LIGHT, width)
    renderer = FigureCanvasAgg(figure).get_renderer()
    told = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    boxes = [t.get_window_extent(renderer) for t in told if t.get_text()]
    right = figure.get_size_inches()[0] * figure.dpi
    for i, one in enumerate(boxes):
        assert one.x0 >= -1
        assert one.x1 <= right + 1, told[i].get_text()
        assert not any(one.overlaps(other) for other in boxes[i + 1 :]), told[i].get_text()


def test_series_are_not_altered_by_looking():
    night = slept(loudest_ddb=PLANTED)
    before = series.loudest_dba(night)
    together.chance(night)
    np.testing.assert_array_equal(before, series.loudest_dba(night))
