"""Weeks of nights on a page: what is told is what was kept, and how much it varies."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Rectangle
from sleepsync.bench.made_nights import Made, write
from sleepsync.cli import app
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.report.palette import LIGHT
from sleepsync.report.vector import inline_svg
from sleepsync.trends import gather, measures, page, picture, words
from sleepsync.trends.gathered import Gathered, NightRow
from sleepsync.trends.measures import by_day
from sleepsync.trends.spread import change_a_week, spread, weeks
from typer.testing import CliRunner

FIRST = date(2026, 2, 23)  # a Monday
START = datetime(2026, 2, 23, 23, 10)


def row(day: int, **changes) -> NightRow:
    """A night of eight hours, `day` days after the first."""
    bed = START + timedelta(days=day, minutes=day % 3)
    told = NightRow(
        name=f"{day:05d}.night",
        day=FIRST + timedelta(days=day),
        bed=bed,
        up=bed + timedelta(hours=8),
        onset=bed + timedelta(minutes=20),
        wake=bed + timedelta(hours=7, minutes=50),
        asleep_s=25_200 + 60 * (day % 5),
        waso_s=1200 + 60 * (day % 7),
        stages_s={"deep": 4000, "light": 15_000, "asleep": 0, "rem": 6000},
        rate_bpm=55.0 + day % 2,
        rmssd_ms=35.0 + day % 4,
        breaths_per_min=14.0 + day % 3 / 10,
    )
    return replace(told, **changes)


def made(days: int, without: tuple = (), **changes) -> Gathered:
    return Gathered([row(day, **changes) for day in range(days) if day not in without], [])


class Reader(HTMLParser):
    """What a page says, and where it would look for more."""

    def __init__(self, html: str):
        super().__init__()
        self.text, self.links = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.links += [v for k, v in attrs if k in ("src", "href") and not v.startswith("#")]
        self.links += [tag] * (tag in ("script", "link", "iframe"))

    def handle_data(self, data):
        self.text.append(data)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def said(found: Gathered) -> str:
    return plain(" ".join(Reader(page.html(found)).text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, worker):
    """Two evenings, one of them twice, a copy, a torn file, a night without time."""
    folder = tmp_path_factory.mktemp("nights")
    (folder / "other").mkdir()
    write(Made(1, 5, 1.5, START), folder, worker)
    copy = write(Made(2, 6, 1.5, START + timedelta(days=2, hours=2)), folder, worker)
    (folder / "other" / "00002.night").write_bytes(copy.read_bytes())
    write(Made(3, 7, 0.3, START + timedelta(days=2, hours=6)), folder, worker)
    write(Made(4, 8, 0.3, None), folder, worker)
    (folder / "00005.night").write_bytes(bytes(900))
    (folder / "00006.night").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def found(folder):
    return gather(folder)


# What is gathered


def test_each_evening_once_and_the_rest_named(found):
    assert [row.name for row in found.rows] == ["00001.night", "00002.night"]
    assert [row.day for row in found.rows] == [FIRST, FIRST + timedelta(days=2)]
    assert dict(found.left_out) == {
        "00003.night": "the same evening as 00002.night, and shorter",
        "00004.night": "the puck did not know the date",
        "00005.night": "holds no whole record of a night; is it a journal?",
        "00006.night": "holds no whole record of a night; is it a journal?",
        "other/00002.night": "the same as 00002.night",
    }


def test_figures_are_the_firmwares(found, folder, worker):
    journal, told = read_journal(folder / "00001.night", worker), found.rows[0]
    assert told.asleep_s == journal.summary["total_sleep_time_s"]
    assert told.stages_s["rem"] == journal.summary["rem_s"]
    latency = timedelta(seconds=journal.summary["sleep_onset_latency_s"])
    assert told.onset == told.bed + latency
    asleep = [score.index for score in journal.morning if score.stage > records.WAKE]
    rates = [
        e.rate_dbpm / 10 for e in journal.of(records.EPOCH) if e.index in asleep and e.rate_dbpm
    ]
    assert told.rate_bpm == pytest.approx(np.median(rates))


def test_the_command_writes_a_page_that_needs_nothing(folder, tmp_path):
    target = tmp_path / "deep" / "weeks.html"
    ended = CliRunner().invoke(app, ["trends", str(folder), "--out", str(target)])
    assert ended.exit_code == 0, ended.output
    assert "2 nights in" in ended.output and "left out: 00005.night" in ended.output
    read = Reader(target.read_text())
    assert read.links == []
    assert "00004.night: the puck did not know the date" in " ".join(read.text)


@pytest.mark.parametrize("file", [None, b"", b"garbage"])
def test_a_folder_without_a_night_to_show_says_so(tmp_path, file):
    if file is not None:
        (tmp_path / "00001.night").write_bytes(file)
    ended = CliRunner().invoke(app, ["trends", str(tmp_path)])
    wanted = "holds no nights" if file is None else "none of its nights can be shown: 00001.night"
    assert ended.exit_code == 1 and wanted in str(ended.exception)


# Middles and spreads


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=30))
@settings(max_examples=50, deadline=None)
def test_half_of_what_is_known_lies_in_a_spread(values):
    row = np.array([np.nan if value is None else value for value in values])
    told, known = spread(row), row[np.isfinite(row)]
    assert (told is None) == (len(known) < 3)
    if told:
        inside = np.sum((known >= told.low - 1e-9) & (known <= told.high + 1e-9))
        assert told.low <= told.middle <= told.high and 2 * inside >= len(known)


@given(st.integers(0, 6), st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_weeks_hold_every_day_once(weekday, days):
    first = FIRST + timedelta(days=weekday)
    told = weeks(first, days)
    assert [day for week in told for day in range(week.begin, week.end)] == list(range(days))
    assert all(week.monday.weekday() == 0 for week in told)


def test_a_change_is_told_only_if_it_is_hardly_chance():
    rng = np.random.default_rng(4)
    flat = [change_a_week(rng.normal(55, 3, 40)) for _ in range(200)]
    assert sum(change is not None for change in flat) <= 6  # of 200, at one in a hundred
    rising = rng.normal(55, 1, 40) + np.arange(40) / 7
    assert change_a_week(rising) == pytest.approx(1, abs=0.2)
    assert change_a_week(rising[:13]) is None
    rising[::3] = np.nan
    assert change_a_week(rising) == pytest.approx(1, abs=0.2)


# What is said


def test_changes_are_told_without_a_verdict():
    rows = [row(day, rate_bpm=50 + day / 7, bed=START + timedelta(days=day, minutes=3 * day),
                up=START + timedelta(days=day, hours=8)) for day in range(28)]  # fmt: skip
    text = plain(words.changes(Gathered(rows, [])))
    assert "Heart rate asleep rises by 1.0 /min a week." in text
    assert "Bedtime comes 21 min later each week." in text
    assert "Nothing on this page changes" in words.changes(made(21))
    assert "from fourteen nights on" in words.changes(made(5))


def test_missing_and_unscored_nights_are_told():
    rows = made(10, without=(3, 4)).rows
    bare = replace(rows[2], onset=None, wake=None, asleep_s=None, waso_s=None, stages_s={})
    notes = words.notes(Gathered([*rows[:2], bare, *rows[3:]], []))
    assert "2 nights between the first and the last were not kept." in notes
    assert "One night could not be scored, and is in no figure." in notes


def test_a_unit_is_said_once_where_it_is_one():
    assert measures.between(measures.RATE, 53, 58.84).replace("\u00a0", " ") == "53.0 to 58.8 /min"
    told = measures.between(measures.DEEP, 0.78, 1.07).replace("\u00a0", " ")
    assert told == "47 min to 1 h 4 min"
    assert measures.between(measures.BED, 10.5, 13.25) == "22:30 to 01:15"


def test_limits_are_those_of_the_model_card():
    """The first table of docs/staging.md: of the morning's score, on people left out."""
    card = (ROOT / "docs" / "staging.md").read_text()
    card = card[card.index("Figures of a night by the morning score") :]
    names = {measures.ASLEEP: "Total sleep time", measures.WASO: "Wake after sleep onset",
             measures.REM: "REM sleep", measures.DEEP: "Deep sleep"}  # fmt: skip
    for measure, name in names.items():
        limits = re.search(rf"\| {name} \| \S+ min \| (\S+) to (\S+) min", card)
        assert measure.off_min == (float(limits[1]), float(limits[2]))


# What is drawn


def figure(found: Gathered):
    return picture.draw(found, LIGHT, page._SHEETS["wide"])


@pytest.mark.parametrize("days", [1, 40])
def test_any_number_of_nights_is_drawn(days):
    assert "nan" not in page.html(made(days)).lower()


def test_the_same_nights_give_the_same_bytes():
    one, other = (inline_svg(figure(made(3)), LIGHT, "wide") for _ in range(2))
    assert one == other


def test_nothing_known_is_drawn_as_nothing():
    bare = {"onset": None, "wake": None, "asleep_s": None, "waso_s": None, "stages_s": {},
            "rate_bpm": None, "rmssd_ms": None, "breaths_per_min": None}  # fmt: skip
    text = said(replace(made(4, **bare), left_out=[("<b>.night", "torn & lost")]))
    assert "<b>.night: torn & lost" in text
    assert "Sleep is known of fewer than three of these nights." in text
    assert text.count("not known") >= 5


def test_a_night_is_drawn_where_it_was():
    axes = figure(made(9, without=(4,))).axes[0]
    bars = [p for p in axes.patches if isinstance(p, Rectangle)]
    asleep = [
        p for p in bars if p.get_facecolor()[:3] == pytest.approx((74 / 255, 107 / 255, 166 / 255))
    ]
    assert [int(p.get_x()) for p in asleep] == [0, 1, 2, 3, 5, 6, 7, 8]
    first = asleep[0]
    assert first.get_y() == pytest.approx(11.5) and first.get_height() == pytest.approx(7.5)


def test_bars_of_stages_add_up_to_sleep():
    found = made(3)
    axes = figure(found).axes[2]
    tops = [p.get_y() + p.get_height() for p in axes.patches if int(p.get_x()) == 0]
    assert max(tops) == pytest.approx(25_000 / 3600)


def test_weeks_of_two_nights_have_no_band():
    axes = figure(made(9)).axes[1]  # a whole week, and two days of the next
    assert len([one for one in axes.collections if one.get_alpha()]) == 1
    assert np.isfinite(by_day(made(9), measures.RATE)).sum() == 9


def test_the_title_spans_the_evenings():
    assert words.title(made(9)) == "23 February to 3 March 2026, 9 nights"
