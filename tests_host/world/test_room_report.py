"""The room's page: it shows what was measured, and never more."""

import dataclasses
import itertools
import math
import re
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sleepsync.night import Night, Truth
from sleepsync.paths import records
from sleepsync.report import page, palette, picture, poster, room, room_panels, series, vector
from sleepsync.report import words as said
from sleepsync.report.words import NBSP

Epoch, Event = records.EPOCH.tuple, records.EVENT.tuple
EPOCHS = 120
LIVE = Epoch(0, 0, 90, 550, 27, 9, 3, 350, 140, 60, 70, 250, 1875, 45, 382, 514)
UNKNOWN = records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND
WIDE, NARROW = picture.Sheet(860), picture.Sheet(350, left=50, right=4)


def epochs(n: int = EPOCHS, **columns) -> list:
    """`n` like epochs, but for what `columns` gives for each of them."""
    rows = [LIVE._replace(index=i) for i in range(n)]
    for name, values in columns.items():
        rows = [row._replace(**{name: v}) for row, v in zip(rows, values, strict=True)]
    return rows


def made_night(**changes) -> Night:
    night = Night(
        name="made up",
        start=datetime(2025, 3, 14, 22, 58),
        epochs=epochs(),
        scores=[],
        events=[],
        summary={},
        reference=None,
        truth=None,
        sources={},
        notes=[],
    )
    return dataclasses.replace(night, **changes)


def truth(n: int = EPOCHS, **room_values) -> Truth:
    return Truth(["2"] * n, np.full(n, 55.0), **room_values)


def whole_truth(n: int = EPOCHS) -> Truth:
    return truth(
        n,
        light_lx=np.full(n, 0.2),
        temperature_c=np.full(n, 18.8),
        humidity_pct=np.full(n, 45.0),
        level_dba=np.full(n, 22.0),
    )


def unknown_from(flag: int, first: int, after: int) -> list:
    return epochs(flags=[flag if first <= i < after else 0 for i in range(EPOCHS)])


def plain(night: Night) -> dict[str, tuple[str, str]]:
    """Each figure of the room: its value and its moment."""
    rows = room.of_room(night)
    return {r.label: (r.value.replace(NBSP, " "), r.when.replace(NBSP, " ")) for r in rows}


# Series

SERIES = [
    (series.light_lx, 0.25, records.NO_LIGHT, "light_mlx"),
    (series.temperature_c, 18.75, records.NO_CLIMATE, "temperature_cdeg"),
    (series.humidity_pct, 45, records.NO_CLIMATE, "humidity_pct"),
    (series.level_dba, 38.2, records.NO_SOUND, "level_ddb"),
    (series.loudest_dba, 51.4, records.NO_SOUND, "loudest_ddb"),
]


@pytest.mark.parametrize(("of", "value", "flag", "field"), SERIES)
def test_a_value_is_told_in_its_unit_and_only_its_own_flag_hides_it(of, value, flag, field):
    others = 0xFFFF ^ flag
    night = made_night(epochs=epochs(3, flags=[0, flag, others]))
    np.testing.assert_allclose(of(night), [value, np.nan, value])
    nought = made_night(epochs=epochs(1, **{field: [0]}))
    assert of(nought).tolist() == [0]


@pytest.mark.parametrize("of", [row[0] for row in SERIES])
def test_a_hole_in_the_records_stays_a_hole(of):
    night = made_night(epochs=[row for row in epochs() if not 7 <= row.index < 9])
    assert np.flatnonzero(np.isnan(of(night))).tolist() == [7, 8]


@pytest.mark.parametrize("known", [EPOCHS - 5, EPOCHS, EPOCHS + 5])
def test_a_reference_is_laid_over_the_night_whatever_its_length(known):
    night = made_night(truth=truth(light_lx=np.arange(known, dtype=float)))
    values = series.reference(night, "light_lx")
    shared = min(known, EPOCHS)
    assert len(values) == EPOCHS
    assert values[:shared].tolist() == list(range(shared))
    assert np.isnan(values[shared:]).all()
    assert np.isnan(series.reference(night, "level_dba")).all()
    assert np.isnan(series.reference(made_night(), "light_lx")).all()


def test_what_was_still_being_measured_at_the_end_is_no_gap():
    stop = Event(EPOCHS * 30_000 + 4, records.STOP, records.PUCK, 0)
    rows = [row for row in unknown_from(records.NO_LIGHT, 50, 60) if row.index != 80]
    night = made_night(epochs=rows, events=[stop])
    found = np.flatnonzero(series.gaps(night, series.light_lx(night)))
    assert found.tolist() == [*range(50, 60), 80]


# Figures


def test_figures_of_a_room():
    light = [0] * 70 + [40_000] * 20 + [140_400] + [300] * 29
    warm = [1840 + i for i in range(EPOCHS)]
    peak = [400] * 90 + [655] + [400] * 29
    night = made_night(
        epochs=epochs(
            light_mlx=light,
            temperature_cdeg=warm,
            humidity_pct=[44 + i // 15 for i in range(EPOCHS)],
            level_ddb=[300] * 60 + [600] * 60,
            loudest_ddb=peak,
        )
    )
    assert plain(night) == {
        "Room light, median": ("under 0.01 lx", ""),
        "Brightest": ("140 lx", "at 23:43"),
        "Room temperature": ("18.4–19.6 °C", ""),
        "Humidity": ("44–51 %", ""),
        "Noise, energy mean": ("57 dBA", ""),
        "Loudest heard": ("66 dBA", "at 23:43"),
    }
    moments = {when for _, when in plain(dataclasses.replace(night, start=None)).values()}
    assert moments == {"", "after 45 min"}


@pytest.mark.parametrize(
    ("light_mlx", "words"),
    [(0, "under 0.01 lx"), (9, "under 0.01 lx"), (10, "0.01 lx"), (994, "0.99 lx"),
     (1040, "1.0 lx"), (9940, "9.9 lx"), (10_400, "10 lx"), (1_234_567, "1235 lx")],
)  # fmt: skip
def test_light_in_words(light_mlx, words):
    assert plain(made_night(epochs=epochs(1, light_mlx=[light_mlx])))["Brightest"][0] == words


@pytest.mark.parametrize(
    ("level_ddb", "words"),
    [(0, "33 dBA or less"), (318, "33 dBA or less"), (329, "33 dBA or less"), (330, "33 dBA"),
     (336, "34 dBA")],
)  # fmt: skip
def test_what_the_microphone_cannot_tell_from_itself_is_said_to_be_no_louder(level_ddb, words):
    night = made_night(epochs=epochs(1, level_ddb=[level_ddb], loudest_ddb=[450]))
    assert plain(night)["Noise, energy mean"][0] == words
    assert plain(night)["Loudest heard"][0] == "45 dBA"
    still = made_night(epochs=epochs(1, loudest_ddb=[level_ddb]))
    assert plain(still)["Loudest heard"][0] == words


def test_that_limit_is_where_a_room_is_as_loud_as_the_microphone_itself():
    both = np.full(2, float(room_panels.MICROPHONE_FLOOR_DBA))
    as_loud = room.mean_level_dba(both) + 10 * math.log10(2)
    assert pytest.approx(as_loud, abs=0.05) == room_panels.MICROPHONE_TELLS_DBA


def test_a_steady_room_has_one_value_and_a_cold_one_a_true_minus():
    night = made_night(epochs=epochs(2, temperature_cdeg=[-310, -120]))
    assert plain(night)["Room temperature"][0] == "−3.1–−1.2 °C"
    assert plain(night)["Humidity"][0] == "45 %"


@given(st.lists(st.floats(0, 120), min_size=1, max_size=50), st.integers(0, 50))
def test_levels_are_averaged_by_their_energy(levels, unknown):
    values = np.array(levels + [np.nan] * unknown)
    energy = math.fsum(10 ** (level / 10) for level in levels) / len(levels)
    assert room.mean_level_dba(values) == pytest.approx(10 * math.log10(energy))


SENSED = {
    records.NO_LIGHT: {"Room light, median", "Brightest"},
    records.NO_CLIMATE: {"Room temperature", "Humidity"},
    records.NO_SOUND: {"Noise, energy mean", "Loudest heard"},
}


@pytest.mark.parametrize("flag", SENSED)
def test_a_missing_sensor_has_no_figures_and_leaves_the_others(flag):
    labels = set(plain(made_night(epochs=epochs(flags=[flag] * EPOCHS))))
    assert labels == set().union(*SENSED.values()) - SENSED[flag]


@pytest.mark.parametrize("rows", [[], epochs(flags=[UNKNOWN] * EPOCHS)], ids=["none", "unknown"])
def test_an_unknown_room_has_no_table_and_one_word_in_the_picture(rows):
    night = made_night(epochs=rows)
    assert room.of_room(night) == []
    assert room.spoken(night) == ""
    html = page.html(night)
    assert "The room" not in html
    drawn = re.findall(r">(Room[^<]*)<", html)
    assert drawn == (["Room"] * 2 if rows else [])  # wide and narrow


def test_figures_pass_over_what_is_not_known():
    lit = [300] * 10 + [90_000] * 110
    night = made_night(epochs=epochs(flags=[0] * 10 + [records.NO_LIGHT] * 110, light_mlx=lit))
    assert plain(night)["Room light, median"] == ("0.30 lx", "")
    assert plain(night)["Brightest"] == ("0.30 lx", "at 22:58")


# Words


@pytest.mark.parametrize(
    ("held_ms", "words"),
    [(0, "button pressed"), (999, "button pressed"), (1000, "button held 1 s"),
     (2499, "button held 2 s"), (2500, "button held 3 s")],
)  # fmt: skip
def test_a_press_is_told_with_its_length_if_it_was_long(held_ms, words):
    assert said.event(Event(0, records.PRESSED, records.BUTTON, held_ms)) == words


@pytest.mark.parametrize("part", range(len(records.PARTS)))
def test_every_part_has_words(part):
    words = said.event(Event(0, records.PART_MISSING, part, 0))
    assert words == f"{records.PARTS[part]} missing"


# The page


@pytest.fixture(scope="module")
def html() -> str:
    return page.html(made_night(truth=whole_truth()))


def test_page_has_a_table_of_the_room(html):
    table = html[html.index("<caption>The room") :].replace(NBSP, " ")
    table = table[: table.index("</table>")]
    assert re.findall(r"<t[hd][^>]*>([^<]*)", table) == [
        "Room light, median", "0.25 lx", "Brightest, at 22:58", "0.25 lx",
        "Room temperature", "18.8 °C", "Humidity", "45 %",
        "Noise, energy mean", "38 dBA", "Loudest heard, at 22:58", "51 dBA",
    ]  # fmt: skip


def test_those_who_do_not_see_it_are_told_the_same(html):
    label = re.search(r'aria-label="(Chart[^"]*)"', html)[1].replace(NBSP, " ")
    assert "motion, the room and events" in label
    assert label.endswith(
        "Room light, median: 0.25 lx; Brightest: 0.25 lx at 22:58; Room temperature: 18.8 °C; "
        "Humidity: 45 %; Noise, energy mean: 38 dBA; Loudest heard: 51 dBA at 22:58."
    )


def test_page_of_a_long_unquiet_night_fits_its_size():
    n, rng = 1440, np.random.default_rng(1)  # 12 h
    rows = epochs(
        n,
        light_mlx=rng.integers(1, 10**6, n).tolist(),
        temperature_cdeg=rng.integers(1700, 2200, n).tolist(),
        level_ddb=rng.integers(300, 500, n).tolist(),
        loudest_ddb=rng.integers(500, 800, n).tolist(),
    )
    true = truth(n, light_lx=rng.uniform(0.01, 900, n), level_dba=rng.uniform(20, 50, n))
    assert len(page.html(made_night(epochs=rows, truth=true)).encode()) < 600_000


POINTS = st.tuples(st.floats(-900, 900), st.floats(-900, 900))


@settings(max_examples=50)
@given(st.lists(st.lists(POINTS, min_size=1, max_size=20), min_size=1, max_size=3))
def test_a_shortened_path_goes_through_the_same_points(parts):
    lines = [" L ".join(f"{x:.2f} {y:.2f}" for x, y in part) for part in parts]
    short = vector._slim('<path d="{}"/>'.format(" ".join(f"M {line} z" for line in lines)))
    assert short.count("z") == len(parts)
    for part, walked in zip(parts, walk(short), strict=True):
        tenths = [(round(x * 10), round(y * 10)) for x, y in walked]
        wanted = [(round(float(f"{x:.2f}") * 10), round(float(f"{y:.2f}") * 10)) for x, y in part]
        assert tenths == [point for point, _ in itertools.groupby(wanted)]


def walk(svg: str) -> list[list[tuple[float, float]]]:
    """The points of each part of a path."""
    parts, x, y = [], 0.0, 0.0
    for verb, numbers in re.findall(r"([Mlhv])([^Mlhvz]+)", re.search(r'd="([^"]*)"', svg)[1]):
        a, b = (*map(float, numbers.split()), 0)[:2]
        if verb == "M":
            x, y = a, b
            parts.append([])
        else:
            x, y = x + (0 if verb == "v" else a), y + (a if verb == "v" else b)
        parts[-1].append((x, y))
    return parts


def test_a_curved_path_is_left_alone():
    curve = '<path d="M 1.25 2 C 1 2 3 4 5 6 z"/>'
    assert vector._slim(curve) == curve


# The picture


def panels(night: Night, sheet: picture.Sheet = WIDE) -> dict:
    """The axes of each panel, by its title."""
    figure = picture.draw(night, palette.LIGHT, sheet)
    titles = [text.get_text() for text in figure.texts if text.get_fontweight() == "bold"]
    return dict(zip(titles, figure.axes, strict=True))


def panel(night: Night, title: str, sheet: picture.Sheet = WIDE):
    """The axes of the panel with this title."""
    return panels(night, sheet)[title]


def key(night: Night, title: str) -> str:
    """What is written beside a panel's title."""
    figure = picture.draw(night, palette.LIGHT, WIDE)
    texts = [text.get_text() for text in figure.texts]
    return texts[texts.index(title) + 1]


def line(axes, colour: str) -> np.ndarray:
    """The heights of the line of a colour, one for each epoch."""
    found = [each for each in axes.lines if each.get_color() == colour]
    assert len(found) == 1
    return np.asarray(found[0].get_ydata())[:-1]


def hatched(axes) -> list[tuple[float, float]]:
    """Where a panel is hatched over its whole height: (first, last) epoch edge."""
    low, high = sorted(axes.get_ylim())
    spans = []
    for collection in axes.collections:
        for box in (path.get_extents() for path in collection.get_paths()):
            assert collection.get_hatch()
            assert (box.y0, box.y1) == pytest.approx((low, high))
            spans.append((round(box.x0 * 120, 6), round(box.x1 * 120, 6)))
    return spans


TITLES = [sense.title for sense in room_panels.SENSES]
FLAGS = dict(
    zip(
        TITLES,
        (records.NO_SOUND, records.NO_LIGHT, records.NO_CLIMATE, records.NO_CLIMATE),
        strict=True,
    )
)


@pytest.mark.parametrize("title", TITLES)
def test_a_gap_is_hatched_where_it_is_and_nothing_is_drawn_there(title):
    night = made_night(epochs=unknown_from(FLAGS[title], 30, 40))
    drawings = panels(night)
    axes = drawings[title]
    assert hatched(axes) == [(30, 40)]
    for drawn in axes.lines:
        heights = np.asarray(drawn.get_ydata())
        if len(heights) == EPOCHS + 1:
            assert np.isnan(heights[30:40]).all() or np.isnan(heights).all()
    for step in (patch for patch in axes.patches if hasattr(patch, "get_data")):
        assert np.isnan(step.get_data().values[30:40]).all()
    others = [other for other in TITLES if FLAGS[other] != FLAGS[title]]
    assert all(hatched(drawings[other]) == [] for other in others)


@pytest.mark.parametrize("title", TITLES)
def test_the_key_tells_what_is_drawn_and_nothing_else(title):
    first = ["pale: loudest heard"] if title == "Room noise, dBA" else []
    assert key(made_night(), title) == ", ".join(first)
    gap = made_night(epochs=unknown_from(FLAGS[title], 30, 40), truth=whole_truth())
    assert key(gap, title) == ", ".join([*first, "grey: reference", "hatched: not known"])
    lost = made_night(epochs=unknown_from(FLAGS[title], 0, EPOCHS))
    assert key(lost, title) == "not known"


def test_the_room_shares_the_axis_of_the_sleeper():
    figure = picture.draw(made_night(), palette.LIGHT, WIDE)
    sides = {(axes.get_xlim(), axes.get_position().x0, axes.get_position().x1)
             for axes in figure.axes}  # fmt: skip
    assert len(sides) == 1


RISING = {
    "Room noise, dBA": ("level_ddb", "noise", 300, 0.1, "level_dba"),
    "Room temperature, °C": ("temperature_cdeg", "climate", 1700, 0.01, "temperature_c"),
    "Room humidity, %": ("humidity_pct", "climate", 40, 1, "humidity_pct"),
}


@pytest.mark.parametrize("title", RISING)
def test_a_line_goes_through_each_epoch_and_so_does_its_reference(title):
    field, role, first, unit, name = RISING[title]
    raw = [first + i % 50 for i in range(EPOCHS)]
    true = np.linspace(first - 90, first + 90, EPOCHS) * unit
    night = made_night(epochs=epochs(**{field: raw}), truth=truth(**{name: true}))
    axes = panel(night, title)
    np.testing.assert_allclose(line(axes, getattr(palette.LIGHT, role)), np.array(raw) * unit)
    np.testing.assert_allclose(line(axes, palette.LIGHT.quiet), true)
    low, high = axes.get_ylim()
    assert low < min(true.min(), first * unit)
    assert high > max(true.max(), (first + 49) * unit)


def test_loudest_stands_on_the_level_and_the_floor_is_shaded():
    peaks = [514 + i for i in range(EPOCHS)]
    axes = panel(made_night(epochs=epochs(loudest_ddb=peaks)), "Room noise, dBA")
    steps = [patch for patch in axes.patches if hasattr(patch, "get_data")]
    np.testing.assert_allclose(steps[0].get_data().values, np.array(peaks) / 10)
    np.testing.assert_allclose(steps[0].get_data().baseline, 38.2)
    assert axes.get_ylim()[1] > max(peaks) / 10
    shade = next(patch for patch in axes.patches if patch not in steps)
    box = shade.get_extents().transformed(axes.transData.inverted())
    assert (box.y0, box.y1) == pytest.approx((axes.get_ylim()[0], 30))
    assert axes.texts[0].get_text() == "quieter than it can hear"


@pytest.mark.parametrize("quietest", [5.0, 19.0, 29.0])
@pytest.mark.parametrize("loudest", [500, 1200])
def test_no_reference_hides_behind_the_words_of_the_floor(quietest, loudest):
    true = truth(level_dba=np.full(EPOCHS, quietest))
    night = made_night(truth=true, epochs=epochs(loudest_ddb=[loudest] * EPOCHS))
    axes = panel(night, "Room noise, dBA", NARROW)
    renderer = FigureCanvasAgg(axes.figure).get_renderer()
    words = axes.texts[0].get_window_extent(renderer).transformed(axes.transData.inverted())
    assert axes.get_ylim()[0] < words.y0
    assert words.y1 < min(quietest, room_panels.MICROPHONE_FLOOR_DBA)


def test_light_is_drawn_in_decades_and_dark_is_dark():
    light = [0, 5, 10, 250, 80_000, 2_500_000] * 20
    axes = panel(made_night(epochs=epochs(light_mlx=light)), "Room light, lux")
    steps = next(patch for patch in axes.patches if hasattr(patch, "get_data")).get_data()
    assert steps.values[:6].tolist() == [0.01, 0.01, 0.01, 0.25, 80, 2500]
    assert steps.baseline == 0.01
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == (0.01, 10_000)
    calm = panel(made_night(), "Room light, lux")
    assert calm.get_ylim() == (0.01, 1000)
    assert [tick.get_text() for tick in calm.get_yticklabels()] == ["0.01", "1", "100"]
    assert (line(calm, palette.LIGHT.lamp) == 0.01).all()  # the ground of what is known


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_titles_and_keys_never_meet_and_stay_on_the_sheet(sheet):
    night = made_night(epochs=unknown_from(UNKNOWN, 30, 40), truth=whole_truth())
    figure = picture.draw(night, palette.LIGHT, sheet)
    apart(figure, figure.texts)
    boxes = [axes.get_window_extent() for axes in figure.axes]
    renderer = FigureCanvasAgg(figure).get_renderer()
    for text in figure.texts:
        written = text.get_window_extent(renderer)
        assert not any(written.overlaps(box) for box in boxes)


def apart(figure, texts) -> None:
    """Assert that words neither meet nor leave the figure."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [t.get_window_extent(renderer) for t in texts if t.get_text()]
    width, height = figure.get_size_inches() * figure.dpi
    for box in boxes:
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        assert 0 <= box.y0 < box.y1 <= height
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_the_image_has_a_row_of_the_room_and_its_words_do_not_meet(monkeypatch, tmp_path):
    caught = []
    monkeypatch.setattr(picture, "save", lambda figure, *_, **__: caught.append(figure))
    cold = epochs(temperature_cdeg=[1018 + i for i in range(EPOCHS)], light_mlx=[0] * EPOCHS,
                  level_ddb=[300] * EPOCHS)  # fmt: skip
    poster.write_png(made_night(epochs=cold), tmp_path / "report.png")
    texts = [text.get_text().replace(NBSP, " ") for text in caught[0].texts]
    for words in ("under 0.01 lx", "Brightest", "10.2–11.4 °C", "33 dBA or less", "at 22:58"):
        assert words in texts
    apart(caught[0], caught[0].texts)


# Colours

MARKS = {"wake", "rem", "asleep", "light", "deep", "heart", "breath", "motion"}
ROOM_MARKS = {"noise", "peak", "lamp", "climate"}
GROUNDS_AND_WORDS = {"paper", "ink", "quiet", "hair", "hatch", "deaf"}
THEMES = [palette.LIGHT, palette.DARK]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, relative luminance)."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_marks_and_words_of_the_room_stand_out(theme):
    assert set(dataclasses.asdict(theme)) == MARKS | ROOM_MARKS | GROUNDS_AND_WORDS
    assert all(contrast(getattr(theme, role), theme.paper) >= 3 for role in ROOM_MARKS)
    assert contrast(theme.quiet, theme.deaf) >= 4.5
    assert contrast(theme.noise, theme.peak) > 2  # told apart where they meet


def test_the_room_follows_the_theme(html):
    drawn = html[html.index("<svg") :]
    assert {f"var(--{role})" for role in (*ROOM_MARKS, "deaf")} <= set(
        re.findall(r"var\(--\w+\)", drawn)
    )
