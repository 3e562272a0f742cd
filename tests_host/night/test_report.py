"""The report: what it says is what it was given, and it says so to everyone."""

import dataclasses
import itertools
import re
import struct
from datetime import datetime
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.night import Night, Truth
from sleepsync.paths import records
from sleepsync.report import figures, hours, marks, page, palette, picture, series, words
from sleepsync.report import write_report as write

Epoch, Score, Event = records.EPOCH.tuple, records.SCORE.tuple, records.EVENT.tuple
EPOCHS = 240
VOID = {"meta"}
DRAWN_EMPTY = {"g", "path", "use", "rect"}
SUMMARY = {
    "time_in_bed_s": 7200,
    "sleep_onset_latency_s": 630,
    "total_sleep_time_s": 5730,
    "waso_s": 840,
    "efficiency_pct": 80,
    "awakenings": 3,
    "wake_s": 1470,
    "asleep_s": 5700,
    "light_s": -1,
    "deep_s": -1,
}
REFERENCE = {**SUMMARY, "total_sleep_time_s": 6060, "waso_s": 510, "deep_s": 1200, "asleep_s": 0}


def made_night(seed: int = 1, **changes) -> Night:
    rng = np.random.default_rng(seed)
    stages = np.repeat(rng.choice(["W", "1", "2", "3", "R", "MT"], EPOCHS // 8), 8).tolist()
    rate_bpm = rng.uniform(48, 72, EPOCHS)
    kept = [i for i in range(EPOCHS) if not 100 <= i < 110]
    counts = rng.poisson(3, EPOCHS)
    night = Night(
        name="made <up> & seeded",
        start=datetime(2025, 3, 14, 22, 58),
        epochs=[epoch(i, 0, 90, int(rate_bpm[i] * 10), 30, 9, int(counts[i])) for i in kept],
        scores=[score(i, records.WAKE if i % 50 < 7 else records.ASLEEP) for i in kept[10:-10]],
        events=[Event(0, records.START, records.PUCK, 0), *reset_at(110), stop_at(EPOCHS)],
        summary=SUMMARY,
        reference=REFERENCE,
        truth=Truth(stages, rate_bpm),
        sources={"pulse": "measured: heartbeats", "motion": "generated from the stages"},
        notes=["The live score speaks about five minutes late."],
    )
    return dataclasses.replace(night, **changes)


def epoch(index: int, flags: int, *body: int):
    """An epoch of a puck that senses nothing of its room."""
    room = records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND
    return Epoch(index, flags | room, *body, 0, 0, 0, 0, 0)


def score(index: int, stage: int):
    return Score(index, stage, 0, 0, 0, 0)


def reset_at(index: int) -> list:
    t_ms = index * 30_000
    return [Event(t_ms, records.START, records.PUCK, 1), Event(t_ms, records.GAP, records.PULSE, 9)]


def stop_at(index: int):
    return Event(index * 30_000, records.STOP, records.PUCK, 0)


def unworn() -> Night:
    epochs = [epoch(i, records.OFF_BODY, 0, 0, 0, 0, 0) for i in range(EPOCHS)]
    scores = [score(i, records.NOT_WORN) for i in range(EPOCHS)]
    return made_night(epochs=epochs, scores=scores, summary={}, reference=None)


def empty(**changes) -> Night:
    nothing = {"epochs": [], "scores": [], "events": [], "summary": {}, "reference": None}
    return made_night(**{**nothing, **changes})


class Reader(HTMLParser):
    """Reads a page strictly: what is opened is closed, and ids are unique."""

    def __init__(self, html: str):
        super().__init__()
        self.open, self.ids, self.text, self.cells, self.tags = [], [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.cells += [""] * (tag in ("td", "th"))
        self.open += [tag] * (tag not in VOID)

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN_EMPTY
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1] += data

    def first(self, tag: str) -> dict:
        return next(attrs for name, attrs in self.tags if name == tag)


@pytest.fixture(scope="module")
def html() -> str:
    return page.html(made_night())


@pytest.fixture(scope="module")
def read(html) -> Reader:
    return Reader(html)


def said(night: Night) -> str:
    return " ".join(Reader(page.html(night)).text)


# The page as a page


def test_page_is_well_formed_and_ids_are_unique(read):
    assert len(read.ids) > 20
    assert len(read.ids) == len(set(read.ids))


def test_every_reference_inside_the_drawings_is_met(html, read):
    targets = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html)
    assert targets
    assert {a or b for a, b in targets} <= set(read.ids)


def test_nothing_is_asked_from_outside(html, read):
    assert "//" not in re.sub(r"<!--.*?-->", "", html)
    names = {name for _, attrs in read.tags for name in attrs}
    assert not names & {"src", "srcset", "data", "action"}
    assert not {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe"}
    assert "default-src 'none'" in html


def test_what_comes_from_outside_is_escaped(html):
    assert "made &lt;up&gt; &amp; seeded" in html
    assert "<up>" not in html


def test_page_fits_its_size_for_a_long_night():
    epochs = [epoch(i, 0, 90, 550 + i % 97, 30, 9, i * 7 % 300) for i in range(1440)]
    long = made_night(epochs=epochs, truth=Truth(["2"] * 1440, np.arange(1440) % 89 + 40.0))
    assert len(page.html(long).encode()) < 600_000


def test_page_speaks_to_those_who_do_not_see_it(read):
    assert read.first("html")["lang"] == "en"
    assert "width=device-width" in str(read.tags)
    assert read.first("figure")["role"] == "img"
    spoken = read.first("figure")["aria-label"].replace(words.NBSP, " ")
    assert "Asleep 1 h 36 min of 2 h 0 min in bed." in spoken
    assert "reset at 23:53; pulse sensor gap at 23:53; stop at 00:58" in spoken
    assert re.search(r"Heart rate 48 to 72 beats per minute", spoken)
    assert {attrs["scope"] for tag, attrs in read.tags if tag == "th"} == {"row", "col"}


# Figures

SHOWN = [
    ("Time in bed", "2 h 0 min", "2 h 0 min"),
    ("Sleep onset latency", "11 min", "11 min"),
    ("Total sleep time", "1 h 36 min", "1 h 41 min"),
    ("Wake after sleep onset", "14 min", "9 min"),
    ("Sleep efficiency", "80 %", "80 %"),
    ("Awakenings", "3", "3"),
    ("Wake", "25 min", "25 min"),
    ("Asleep", "1 h 35 min", ""),
]


@pytest.mark.parametrize("row", SHOWN, ids=lambda row: row[0])
def test_each_figure_stands_beside_its_reference(read, row):
    cells = [cell.replace(words.NBSP, " ") for cell in read.cells]
    at = cells.index(row[0])
    assert tuple(cells[at : at + 3]) == row


def test_a_stage_that_is_not_known_is_not_shown(read):
    assert not {"Deep", "Light", "REM", "Not known"} & set(read.cells)


def test_no_deep_sleep_is_a_finding_and_is_shown():
    night = made_night(summary={"deep_s": 0, "light_s": 60, "asleep_s": 0})
    rows = [(row.label, row.value) for row in figures.of_stages(night)]
    assert rows == [("Light", f"1{words.NBSP}min"), ("Deep", f"0{words.NBSP}min")]


def test_without_a_reference_there_is_no_column_for_it():
    text = said(made_night(reference=None, truth=None))
    assert "Reference" not in text
    assert "reference" not in text


@given(st.integers(0, 10**6))
def test_duration_is_the_nearest_minute(seconds):
    found = re.fullmatch(r"(?:(\d+) h )?(\d+) min", words.duration(seconds).replace("\xa0", " "))
    minutes = int(found[1] or 0) * 60 + int(found[2])
    assert int(found[2]) < 60
    assert -30 < seconds - minutes * 60 + 0.5 <= 30


# Words


@pytest.mark.parametrize(
    ("night", "sentence"),
    [
        (empty(), "No epochs were recorded."),
        (unworn(), "The pod was not worn."),
        (dataclasses.replace(unworn(), scores=[]), "The pod was not worn."),
        (made_night(scores=[]), "Sleep could not be scored."),
        (made_night(summary={}), "Total sleep time is not known."),
        (made_night(summary={"total_sleep_time_s": 0}), "No sleep was seen."),
    ],
)
def test_a_night_without_figures_says_why(night, sentence):
    assert sentence in said(night)


def test_title_gives_date_and_times_or_else_the_name():
    assert words.title(made_night()) == "Friday 14 March 2025, 22:58 to 00:58"
    assert words.title(empty()) == "Friday 14 March 2025, 22:58"
    assert words.title(made_night(start=None)) == "made <up> & seeded"


def test_an_unknown_start_shows_hours_since_it():
    text = said(made_night(start=None))
    assert "0:30 h" in text
    assert "23:00" not in text


def test_sources_and_notes_and_warning_stand_at_the_foot(read):
    text = " ".join(read.text)
    foot = text[text.index("What this page rests on") :]
    for part in ("Pulse measured: heartbeats", "Motion generated from", "minutes late", "medical"):
        assert part in re.sub(r"\s+", " ", foot)


@pytest.mark.parametrize("record", [Event(0, 99, 0, 0), Event(0, 3, 77, 0), Event(0, 1, 0, 9)])
def test_an_event_from_another_version_is_named(record):
    with pytest.raises(ValueError, match=r"report: Event\(t_ms=0.*read the night with"):
        words.event(record)


@pytest.mark.parametrize("kind", range(1, len(records.EVENTS)))
def test_every_kind_of_event_has_words(kind):
    assert words.event(Event(0, kind, records.MOTION, 0))


# Series


def test_holes_stay_holes():
    night = made_night()
    holes = slice(100, 110)
    assert np.isnan(series.rates_bpm(night)[holes]).all()
    assert np.isnan(series.motion_counts(night)[holes]).all()
    assert (series.live_stages(night)[holes] == records.UNKNOWN).all()
    assert not np.isnan(series.rates_bpm(night)[99])


def test_an_unknown_rate_is_not_zero():
    night = empty(epochs=[epoch(0, 0, 0, 0, 0, 0, 5), epoch(1, 0, 9, 571, 9, 9, 5)])
    rates = series.rates_bpm(night)
    assert np.isnan(rates[0])
    assert rates[1] == 57.1


def test_a_lost_motion_sensor_is_not_stillness():
    night = empty(epochs=[epoch(0, records.NO_MOTION_SENSOR, 0, 0, 0, 0, 0)])
    assert np.isnan(series.motion_counts(night)).all()


def test_reference_stages_map_as_the_field_does():
    epochs = [epoch(i, 0, 0, 0, 0, 0, 0) for i in range(7)]
    night = empty(epochs=epochs, truth=Truth(["W", "1", "2", "3", "4", "R", "MT"], np.ones(9)))
    names = [records.STAGES[stage] for stage in series.reference_stages(night)]
    assert names == ["wake", "light", "light", "deep", "deep", "rem", "unknown"]


@given(st.lists(st.integers(0, 3), max_size=40))
def test_runs_put_together_give_the_values_back(values):
    found = series.runs(np.array(values))
    assert [v for first, after, v in found for _ in range(after - first)] == values
    assert all(a[2] != b[2] for a, b in itertools.pairwise(found))


# The picture


def bars(axes) -> dict:
    """For each colour of bars in a panel: (row, first hour, last hour) of each bar."""
    found = {}
    for collection in axes.collections:
        colour = tuple(collection.get_edgecolor()[0])
        for path in collection.get_paths():
            box = path.get_extents()
            found.setdefault(colour, []).append((box.y0 + box.height / 2, box.x0, box.x1))
    return found


def drawn(night: Night, width: float = 860):
    return picture.draw(night, palette.LIGHT, picture.Sheet(width))


def rgba(colour: str) -> tuple:
    return (*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), 1.0)


@pytest.mark.parametrize("stage", range(records.WAKE, records.REM + 1))
def test_bars_cover_exactly_the_scored_epochs(stage):
    scores = [score(i, records.WAKE + i // 7 % 5) for i in range(10, 230)]
    axes = drawn(made_night(scores=scores)).axes[0]
    name = records.STAGES[stage]
    found = bars(axes)[rgba(getattr(palette.LIGHT, name))]
    covered = [i for _, a, b in found for i in range(round(a * 120), round(b * 120))]
    assert sorted(covered) == [s.index for s in scores if s.stage == stage]
    rows = [label.get_text().lower() for label in axes.get_yticklabels()]
    assert [row for row, _, _ in found] == pytest.approx([rows.index(name)] * len(found))


def test_known_depth_gets_rows_and_unknown_depth_does_not():
    live, reference = drawn(made_night()).axes[:2]
    assert [t.get_text() for t in live.get_yticklabels()] == ["Wake", "Asleep"]
    names = [t.get_text() for t in reference.get_yticklabels()]
    assert names == ["Wake", "REM", "Light", "Deep"]


def test_time_off_the_body_is_hatched_and_never_sleep():
    axes = drawn(unworn()).axes[0]
    found = bars(axes)
    assert set(found) == {rgba(palette.LIGHT.hatch)}
    assert axes.collections[-1].get_hatch()
    assert found[rgba(palette.LIGHT.hatch)][0][1:] == (0.0, 2.0)


def test_heart_rate_is_drawn_at_the_middle_of_its_epoch():
    night = made_night()
    _, live = drawn(night).axes[2].lines[:2]
    x, y = live.get_xdata(), live.get_ydata()
    assert x[3] == pytest.approx(3.5 / 120)
    assert y[3] == pytest.approx(night.epochs[3].rate_dbpm / 10)


def test_what_is_not_known_says_so():
    epochs = [epoch(i, records.NO_MOTION_SENSOR, 0, 0, 0, 0, 0) for i in range(9)]
    text = said(made_night(truth=None, scores=[], epochs=epochs))
    assert text.count("not known") == 8  # stages, rate, motion and room, wide and narrow


@pytest.mark.parametrize("start", [None, datetime(2025, 3, 14, 22, 58, 30)])
@given(epochs=st.integers(1, 3000), most=st.integers(4, 14))
def test_hours_are_whole_few_and_inside_the_night(start, epochs, most):
    night = empty(start=start, epochs=[epoch(epochs - 1, 0, 0, 0, 0, 0, 0)])
    ticks = hours.ticks(night, most)
    assert len(ticks) <= most + 1
    assert all(0 <= at <= epochs / 120 for at, _ in ticks)
    assert len({words for _, words in ticks}) == len(ticks) or epochs / 120 >= 24


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, EPOCHS), st.integers(1, 5)), max_size=30))
def test_words_of_events_never_meet(pairs):
    night = made_night(events=[Event(i * 30_000, kind, 1, 0) for i, kind in pairs])
    placed = [mark for mark in marks.place_marks(night, 500, 11) if mark.text]
    boxes = [box(mark, 500) for mark in placed]
    for i, (row, begin, end) in enumerate(boxes):
        assert row < marks.MOST_ROWS
        for other_row, other_begin, other_end in boxes[i + 1 :]:
            assert row != other_row or end <= other_begin or other_end <= begin


def box(mark, width_pt: float) -> tuple[int, float, float]:
    at_pt, length_pt = mark.at_h / 2 * width_pt, len(mark.text) * 11 * 0.55
    return (
        (mark.row, at_pt - length_pt, at_pt)
        if mark.is_left
        else (mark.row, at_pt, at_pt + length_pt)
    )


def test_like_events_that_would_crowd_are_one():
    night = made_night(events=[Event(i * 1000, records.GAP, records.PULSE, 1) for i in range(40)])
    assert [mark.text for mark in marks.place_marks(night, 500, 11)] == ["pulse sensor gap ×40"]


# Both themes


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


THEMES = [palette.LIGHT, palette.DARK]
MARKS = ("wake", "rem", "asleep", "light", "deep", "heart", "motion")


def test_contrast_is_measured_rightly():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_words_and_marks_stand_out_from_the_paper(theme):
    assert all(contrast(getattr(theme, role), theme.paper) >= 4.5 for role in ("ink", "quiet"))
    assert all(contrast(getattr(theme, role), theme.paper) >= 3 for role in MARKS)


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_no_two_roles_share_a_colour(theme):
    colours = list(dataclasses.asdict(theme).values())
    assert len(colours) == len(set(colours))


def test_both_themes_are_present_and_the_drawing_follows_them(html):
    light, dark = html.split("@media (prefers-color-scheme: dark)")[:2]
    assert palette.css_variables(palette.LIGHT) in light
    assert palette.css_variables(palette.DARK) in dark
    drawings = html[html.index("<svg") :]
    assert not re.findall(r"#[0-9a-f]{6}\b", re.sub(r'url\(#[^)]*\)|"#[^"]*"', "", drawings))
    assert {"var(--asleep)", "var(--heart)", "var(--quiet)"} <= set(
        re.findall(r"var\(--\w+\)", drawings)
    )


# Files


def test_same_night_same_bytes_and_png_is_1600_wide(tmp_path):
    first = write(made_night(), tmp_path / "a" / "deep")
    second = write(made_night(), tmp_path / "b")
    assert [path.name for path in first] == ["report.html", "report.png"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    png = first[1].read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert width == 1600
    assert 1000 < height < 2400


@pytest.mark.parametrize(
    "night", [empty(), unworn(), empty(events=[Event(5000, 4, 1, 0)])], ids=["0", "off", "events"]
)
def test_a_night_of_nothing_still_makes_both_files(tmp_path, night):
    assert all(path.stat().st_size > 3000 for path in write(night, tmp_path))
