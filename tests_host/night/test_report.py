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
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import FillBetweenPolyCollection, LineCollection
from matplotlib.transforms import Bbox
from sleepsync.night import Night, Truth
from sleepsync.paths import records
from sleepsync.report import (
    captions,
    figures,
    hours,
    incidents,
    marks,
    page,
    palette,
    picture,
    series,
    words,
)
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
    return Epoch(index, flags | room, *body, *[0] * 9)


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


@pytest.mark.parametrize(
    "record", [Event(0, 99, 0, 0), Event(0, 3, 77, 0), Event(0, 1, 0, 9), Event(0, 7, 9, 6)]
)
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
        if isinstance(collection, FillBetweenPolyCollection):
            continue  # the strip of probabilities
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


def test_a_strip_is_as_high_as_its_probabilities():
    """Their colours lie upon each other, waking on top, and end where nothing is known."""
    said = Score(20, records.LIGHT, 51, 102, 26, 76)
    axes = drawn(made_night(scores=[said._replace(index=i) for i in range(20, 60)])).axes[0]
    strips = [c for c in axes.collections if isinstance(c, FillBetweenPolyCollection)]
    boxes = {tuple(c.get_facecolor()[0]): c.get_paths()[0].get_extents() for c in strips}
    order = [boxes[rgba(getattr(palette.LIGHT, name))] for name in ("wake", "rem", "light", "deep")]
    heights = np.array([box.height for box in order])
    assert heights / heights.sum() == pytest.approx(np.array([51, 76, 102, 26]) / 255, abs=0.001)
    assert [box.y1 for box in order[:-1]] == pytest.approx([box.y0 for box in order[1:]])
    assert {(round(box.x0 * 120), round(box.x1 * 120)) for box in order} == {(20, 60)}


def test_known_depth_gets_rows_and_unknown_depth_does_not():
    live, reference = drawn(made_night()).axes[:2]
    assert [t.get_text() for t in live.get_yticklabels()] == ["Wake", "Asleep"]
    names = [t.get_text() for t in reference.get_yticklabels()]
    assert names == ["Wake", "REM", "Light", "Deep"]


def test_time_off_the_body_is_hatched_and_never_sleep():
    axes = drawn(unworn()).axes[0]
    found = bars(axes)
    assert set(found) == {rgba(palette.LIGHT.hatch)}
    assert any(collection.get_hatch() for collection in axes.collections)
    assert found[rgba(palette.LIGHT.hatch)][0][1:] == (0.0, 2.0)


def test_heart_rate_is_drawn_at_the_middle_of_its_epoch():
    night = made_night()
    _, live = drawn(night).axes[2].lines[:2]
    x, y = live.get_xdata(), live.get_ydata()
    assert x[3] == pytest.approx(3.5 / 120)
    assert y[3] == pytest.approx(night.epochs[3].rate_dbpm / 10)


def test_breathing_is_drawn_with_its_reference_and_breaks_where_it_is_not_known():
    epochs = [e._replace(breaths_dpm=130 + e.index % 9) for e in made_night().epochs]
    epochs[7] = epochs[7]._replace(breaths_dpm=0)
    truth = dataclasses.replace(made_night().truth, breaths_per_min=np.full(EPOCHS, 13.5))
    true, live = drawn(made_night(epochs=epochs, truth=truth)).axes[3].lines[:2]
    assert true.get_ydata()[5] == 13.5
    assert live.get_ydata()[5] == 13.5
    assert np.isnan(live.get_ydata()[7])


def test_what_is_not_known_says_so():
    epochs = [epoch(i, records.NO_MOTION_SENSOR, 0, 0, 0, 0, 0) for i in range(9)]
    text = said(made_night(truth=None, scores=[], epochs=epochs))
    assert text.count("not known") == 10  # stages, rate, breath, motion, room; wide and narrow


@pytest.mark.parametrize("start", [None, datetime(2025, 3, 14, 22, 58, 30)])
@given(epochs=st.integers(1, 3000), most=st.integers(4, 14))
def test_hours_are_whole_few_and_inside_the_night(start, epochs, most):
    night = empty(start=start, epochs=[epoch(epochs - 1, 0, 0, 0, 0, 0, 0)])
    ticks = hours.ticks(night, most)
    assert len(ticks) <= most + 1
    assert all(0 <= at <= epochs / 120 for at, _ in ticks)
    assert len({words for _, words in ticks}) == len(ticks) or epochs / 120 >= 24


# Events


def missing(at_s: float, part: int = records.PULSE):
    return Event(round(at_s * 1000), records.PART_MISSING, part, 0)


def back(at_s: float, part: int = records.PULSE):
    return Event(round(at_s * 1000), records.PART_BACK, part, 0)


def restart(at_s: float, value: int = 1):
    return Event(round(at_s * 1000), records.START, records.PUCK, value)


def away(*events) -> list[tuple[float, float]]:
    """From when to when, in seconds, parts were away in a night of two hours."""
    told = incidents.of_night(made_night(events=[*events, stop_at(EPOCHS)]))
    return [(one.begin_ms / 1000, one.end_ms / 1000) for one in told if one.is_outage]


def test_an_outage_lasts_from_missing_to_back():
    assert away(missing(60), back(90), missing(100), back(700)) == [(60, 90), (100, 700)]
    assert away(missing(60), missing(70, records.MOTION), back(80), back(90, records.MOTION)) == [
        (60, 80),
        (70, 90),
    ]


def test_a_part_that_is_told_missing_twice_is_away_once():
    assert away(missing(60), missing(70), back(90)) == [(60, 90)]


def test_a_part_that_never_comes_back_is_away_to_the_end():
    assert away(missing(60)) == [(60, 7200)]
    assert away(missing(60), back(70), missing(80)) == [(60, 70), (80, 7200)]
    (one,) = incidents.of_night(made_night(events=[missing(60)]))  # and the power was cut
    assert one.end_ms == 7_200_000


@pytest.mark.parametrize("value", [1, 2], ids=["reset", "power cut"])
def test_an_outage_goes_on_after_a_reset_only_if_it_is_told_anew(value):
    assert away(missing(60), restart(500, value), missing(501), back(600)) == [(60, 600)]
    assert away(missing(60), restart(500, value)) == [(60, 500)]
    assert away(missing(60), restart(500, value), missing(530)) == [(60, 500), (530, 7200)]
    other = missing(501, records.MOTION)
    assert away(missing(60), restart(500, value), other) == [(60, 500), (501, 7200)]


def test_a_return_from_nowhere_is_told_as_it_is():
    told = incidents.of_night(made_night(events=[back(60)]))
    assert [words.incident(one) for one in told] == ["pulse sensor back"]


SOME_EVENTS = st.lists(
    st.tuples(st.integers(0, EPOCHS * 30_000), st.integers(1, 7), st.integers(1, 3)), max_size=40
)


@given(SOME_EVENTS)
def test_nothing_that_happened_is_left_out(triples):
    night = made_night(events=[*map(made_event, triples), stop_at(EPOCHS)])
    told = incidents.of_night(night)
    assert told == sorted(told, key=lambda one: one.begin_ms)
    outages = [one for one in told if one.is_outage]
    for event in night.events:
        inside = [o for o in outages if o.record.part == event.part]
        assert any(one.record == event for one in told) or any(
            one.begin_ms <= event.t_ms <= one.end_ms for one in inside
        )
    for one, other in itertools.combinations(outages, 2):
        if one.record.part == other.record.part:
            assert one.end_ms <= other.begin_ms


def made_event(triple: tuple[int, int, int]):
    t_ms, kind, part = triple
    return Event(t_ms, kind, part, 0)


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([missing(60), back(1860)], "pulse sensor away 30 min"),
        ([missing(60), back(76.6)], "pulse sensor away 17 s"),
        ([missing(60), back(119.4)], "pulse sensor away 59 s"),
        ([missing(60), back(119.5)], "pulse sensor away 1 min"),
        ([missing(60)], "pulse sensor away to the end"),
        ([missing(29.9)], "pulse sensor away all night"),
        ([missing(30)], "pulse sensor away to the end"),
        ([Event(5, records.GAP, records.MOTION, 9)], "motion sensor gap"),
        ([Event(5, records.PRESSED, records.BUTTON, 3000)], "button held 3 s"),
        ([Event(5, records.GESTURE, records.BUTTON, 2)], "gesture double"),
    ],
)
def test_what_happened_in_words(events, told):
    (one, *_) = incidents.of_night(made_night(events=events))
    assert words.incident(one).replace(words.NBSP, " ") == told


def test_a_missing_part_from_another_version_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"report: Event\(t_ms=60000.*read the night with"):
        write(made_night(events=[missing(60, part=77)]), tmp_path)


FLAPS = [
    event
    for i in range(33)
    for event in (
        missing(i * 210, records.MOTION),
        back(i * 210 + (20 if i == 5 else 9), records.MOTION),
    )
]
FAULTS = [restart(0, 0), *FLAPS, missing(900.4), back(2700.4), stop_at(EPOCHS)]


def captions_of(night: Night, width_pt: float = 500) -> list[str]:
    marked = marks.place_marks(night, width_pt, 11)
    return [mark.caption.text.replace(words.NBSP, " ") for mark in marked if mark.caption]


@pytest.mark.parametrize("width_pt", [296, 644, 798])
def test_the_main_fault_has_words_and_many_small_ones_are_one(width_pt):
    assert captions_of(made_night(events=FAULTS), width_pt) == [
        "start",
        "motion sensor away ×33",
        "pulse sensor away 30 min",
        "stop",
    ]


def test_what_many_small_outages_were_is_told_as_one_to_those_who_hear_it():
    spoken = words.picture(made_night(events=FAULTS)).replace(words.NBSP, " ")
    assert spoken.endswith(
        "Events: start at 22:58; motion sensor away 33 times from 22:58 to 00:50, at longest 20 s; "
        "pulse sensor away 30 min at 23:13; stop at 00:58."
    )
    few = words.picture(made_night(events=[*FLAPS[:6], missing(6000), missing(9, 2)]))
    assert few.count("motion sensor away") == 3
    assert "motion sensor away 9\u00a0s at\u00a022:58; " in few
    assert "pulse sensor away from 00:38 to the end." in few
    assert "away all night; stop" in words.picture(made_night(events=[missing(3), stop_at(9)]))
    gaps = [Event(i * 1000, records.GAP, records.PULSE, 1) for i in range(4)]
    assert "pulse sensor gap 4 times from 22:58 to 22:58." in words.picture(made_night(events=gaps))
    unknown = words.picture(made_night(events=[missing(3), restart(60)], start=None))
    assert unknown.endswith("away 57\u00a0s after\u00a00\u00a0min; reset after\u00a01\u00a0min.")


def test_long_outages_stand_alone_among_short_ones_but_no_more_than_three():
    spans_s = [840, 720, 960, 600, 599, 5, 5]
    events = [(missing(i * 1000), back(i * 1000 + s)) for i, s in enumerate(spans_s)]
    told = captions_of(made_night(events=[one for pair in events for one in pair]), 700)
    assert sorted(told) == [
        "pulse sensor away 12 min",
        "pulse sensor away 14 min",
        "pulse sensor away 16 min",
        "pulse sensor away ×4",
    ]


def test_ten_minutes_are_long():
    spans_s = [599, 600, 5]
    events = [(missing(i * 700), back(i * 700 + s)) for i, s in enumerate(spans_s)]
    told = captions_of(made_night(events=[one for pair in events for one in pair]))
    assert sorted(told) == ["pulse sensor away 10 min", "pulse sensor away ×2"]


def test_an_outage_to_the_end_is_told_as_such_however_short():
    night = made_night(events=[*FLAPS, missing(7000, records.MOTION), stop_at(EPOCHS)])
    assert "motion sensor away to the end" in captions_of(night)
    longer = [one for i in range(3) for one in (missing(i * 2000), back(i * 2000 + 1900))]
    night = made_night(events=[*longer, missing(6000), back(6010), missing(6300)])
    assert "pulse sensor away to the end" in captions_of(night, 1500)


def test_words_that_fit_nowhere_are_shortened():
    events = [missing(2600, records.CLIMATE), back(6800, records.CLIMATE)]
    assert captions_of(made_night(events=events), 296) == ["climate sensor away"]
    assert captions_of(made_night(events=events), 500) == ["climate sensor away 1 h 10 min"]


def test_like_events_that_would_crowd_are_one():
    night = made_night(events=[Event(i * 1000, records.GAP, records.PULSE, 1) for i in range(40)])
    assert captions_of(night) == ["pulse sensor gap ×40"]
    assert len(marks.place_marks(night, 500, 11)) <= 6  # lines, on three points


def test_like_events_that_would_not_crowd_are_told_one_by_one():
    pressed = [Event(i * 3_000_000, records.PRESSED, records.BUTTON, 2000 * i) for i in range(3)]
    told = captions_of(made_night(events=pressed))
    assert told == ["button pressed", "button held 2 s", "button held 4 s"]
    assert captions_of(made_night(events=pressed), 200) == ["button pressed ×3"]


def crowded(seed: int) -> Night:
    """A night in which far more happens than can be told."""
    rng = np.random.default_rng(seed)
    columns = rng.integers(1, EPOCHS * 30_000 - 1, 90), rng.integers(3, 6, 90)
    triples = zip(*map(np.ndarray.tolist, (*columns, rng.integers(1, 9, 90))), strict=True)
    return made_night(events=[restart(0, 0), *map(made_event, triples), stop_at(EPOCHS)])


@pytest.mark.parametrize("width_pt", [296, 644, 798])
def test_words_never_meet_nor_hide_a_line(width_pt):
    for night in map(crowded, range(6)):
        placed = [mark for mark in marks.place_marks(night, width_pt, 11) if mark.caption]
        boxes = [box(mark, width_pt) for mark in placed]
        assert len({row for row, *_ in boxes}) == captions.MOST_ROWS
        assert all(begin >= -40 and end <= width_pt + 2 for _, begin, end, _ in boxes)
        assert all(apart(*pair) for pair in itertools.permutations(boxes, 2))


def test_no_night_is_told_in_more_words_than_can_be_read():
    told = [captions_of(crowded(seed), 3000) for seed in range(3)]
    assert [len(each) for each in told] == [captions.MOST_WORDS] * 3


def test_what_would_hide_others_stands_below_them():
    parts = (records.PULSE, records.MOTION, records.CLIMATE)
    gaps = [Event(3_000_000 + i * 29_000, records.GAP, part, 1) for i, part in enumerate(parts)]
    marked = marks.place_marks(made_night(events=gaps), 500, 11)  # at two points from another
    assert [mark.caption.row for mark in marked] == [2, 1, 0]
    late = [g._replace(t_ms=g.t_ms + 4_000_000) for g in gaps]
    marked = marks.place_marks(made_night(events=late), 500, 11)
    assert [(mark.caption.row, mark.caption.is_left) for mark in marked] == [
        (0, True),
        (1, True),
        (2, True),
    ]


def test_the_first_of_each_kind_and_a_long_outage_are_told_before_the_rest():
    presses = [Event(i * 200_000, records.PRESSED, records.BUTTON, 1) for i in range(35)]
    gap = Event(7_100_000, records.GAP, records.PULSE, 9)
    assert "pulse sensor gap" in captions_of(made_night(events=[*presses, gap]), 4000)
    gaps = [Event(3_600_000 + part, records.GAP, part, 9) for part in range(1, 9)]
    long = [missing(600), back(1300), missing(3600.5), back(4400)]
    assert "pulse sensor away 13 min" in captions_of(made_night(events=[*gaps, *long]), 296)
    resets = [restart(i * 150) for i in range(30)]
    long = [missing(4600), back(5300)]
    told = captions_of(made_night(events=[*resets, *long]), 4000)
    assert "pulse sensor away 12 min" in told


def box(mark, width_pt: float) -> tuple[int, float, float, float]:
    """Row, first and last point of the words with some to spare, and the line's point."""
    at_pt, length_pt = mark.at_h / 2 * width_pt, len(mark.caption.text) * 11 * 0.58
    begin_pt = at_pt - length_pt if mark.caption.is_left else at_pt + 5
    return mark.caption.row, begin_pt - 1.5, begin_pt + length_pt - 5 + 1.5, at_pt


def apart(one: tuple, other: tuple) -> bool:
    """Whether words are clear of others in their row, and of the lines to those below."""
    row, begin, end, _ = one
    other_row, other_begin, other_end, line = other
    if row == other_row and begin < other_end and other_begin < end:
        return False
    return row > other_row or not begin < line < end


@settings(max_examples=60)
@given(SOME_EVENTS)
def test_every_event_has_its_tick(triples):
    night = made_night(events=[*map(made_event, triples), stop_at(EPOCHS)])
    ticks_pt = np.array([mark.at_h / 2 * 500 for mark in marks.place_marks(night, 500, 11)])
    for one in incidents.of_night(night):
        assert np.abs(ticks_pt - one.begin_ms / 7_200_000 * 500).min() <= 1


@settings(max_examples=60)
@given(SOME_EVENTS, st.sampled_from([290, 800]))
def test_words_go_first_to_the_night_s_ends_and_the_longest_outage(triples, width_pt):
    inner = [made_event(triple) for triple in triples if triple[1] > records.STOP]
    night = made_night(events=[*inner, restart(0, 0), stop_at(EPOCHS)])
    said = {m.caption.text for m in marks.place_marks(night, width_pt, 11) if m.caption}
    assert {"start", "stop"} <= said
    longest = max(incidents.of_night(night), key=lambda one: one.span_ms)
    assert longest.span_ms < 600_000 or {words.incident(longest), words.kind(longest)} & said


def test_what_begins_together_is_told_in_order_of_its_weight():
    events = [restart(0, 0), missing(0.001, 4), missing(0.002, 5), back(1.5, 5), stop_at(EPOCHS)]
    marked = marks.place_marks(made_night(events=events), 500, 11)
    told = {mark.caption.text: mark.caption.row for mark in marked if mark.caption}
    assert told == {
        "start": 0,
        "light sensor away all night": 1,
        f"climate sensor away 1{words.NBSP}s": 2,
        "stop": 0,
    }


def test_outages_of_two_parts_have_bars_of_their_own():
    events = [missing(600), missing(900, 2), back(1800), back(2400, 2), missing(3000), back(3600)]
    placed = marks.place_marks(made_night(events=[*events, *FLAPS[:2]]), 500, 11)
    bars = [(m.at_h * 3600, m.end_h * 3600, m.lane) for m in placed if m.lane is not None]
    assert bars == [(600, 1800, 0), (900, 2400, 1), (3000, 3600, 0)]


def segments(axes) -> list[tuple[float, float, float]]:
    """Each line down from the top: where, from and to which height."""
    lines = [line for each in axes.collections if isinstance(each, LineCollection)
             for line in each.get_segments()]  # fmt: skip
    return [(line[0][0], line[0][1], line[1][1]) for line in lines]


@pytest.mark.parametrize("width", [350, 860])
def test_no_tick_and_no_line_is_hidden_under_words(width):
    crowd = [missing(6900, 4), missing(7000, 5), restart(7100), missing(7150, 6)]
    axes = drawn(made_night(events=[*FAULTS, *crowd]), width).axes[-1]
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    boxes = [
        text.get_window_extent(renderer).padded(1).transformed(axes.transData.inverted())
        for text in axes.texts
    ]
    assert len(boxes) >= 5
    lines = segments(axes)
    assert len({at for at, _, _ in lines}) >= 30
    for words_box, (at, top, bottom) in itertools.product(boxes, lines):
        assert not words_box.overlaps(Bbox([[at, top], [at, bottom]]))
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_bars_are_drawn_in_the_strip_and_words_below_it():
    axes = drawn(made_night(events=FAULTS)).axes[-1]
    strip = min(bottom for _, _, bottom in segments(axes))
    (bar,) = [path.get_extents() for each in axes.collections
              if not isinstance(each, LineCollection) for path in each.get_paths()]  # fmt: skip
    assert (bar.x0, bar.x1) == pytest.approx((900.4 / 3600, 2700.4 / 3600))
    assert 0 < bar.y0 < bar.y1 < strip
    assert all(text.xy[1] > strip for text in axes.texts)
    ends = {round(at * 3600, 1): bottom for at, _, bottom in segments(axes)}
    assert all(ends[round(text.xy[0] * 3600, 1)] >= text.xy[1] for text in axes.texts)
    assert axes.get_ylim()[0] > max(ends.values())


@pytest.mark.parametrize(("events", "key"), [(FAULTS, "bar: part away"), (FLAPS, ""), ([], "none")])
def test_the_key_tells_of_bars_where_there_are_some(events, key):
    figure = drawn(made_night(events=events))
    texts = [text.get_text() for text in figure.texts]
    assert texts[texts.index("Events") + 1] == key


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
MARKS = ("wake", "rem", "asleep", "light", "deep", "heart", "breath", "motion")


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
