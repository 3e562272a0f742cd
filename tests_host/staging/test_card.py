"""The pictures and tables of the card: what is drawn and written is what was given."""

import re

import numpy as np
import pytest
from made_outcomes import outcome
from matplotlib.colors import to_hex, to_rgb
from sleepsync.evaluate import canvas, card, tables
from sleepsync.evaluate.agreement import Agreement, agreement
from sleepsync.evaluate.calibration import Calibration, Curve
from sleepsync.evaluate.night_figures import MEASURES, Limits
from sleepsync.report.palette import DARK, LIGHT

CLASSES = (2, 3, 4)
NIGHTS = {"ann": ("WWLLDDRR", "WLLLDLRR"), "bob": ("WLLR", "WLLL"), "cid": ("LLLL", "LLLL")}
LIVE = {"ann": ("WWLLDDRR", "WWLWDDLR"), "bob": ("WLLR", "LLWR"), "cid": ("LLLL", "WLLL")}
SCORES = {
    score: {k: agreement(outcome(people, score=score), k) for k in CLASSES}
    for score, people in (("morning", NIGHTS), ("live", LIVE))
}
TST = Limits(MEASURES["tst"], np.array([400.0, 420, 380]), np.array([410.0, 400, 395]))
EFFICIENCY = Limits(MEASURES["efficiency"], np.array([90.0]), np.array([88.0]))
LIMITS = {"tst": TST, "efficiency": EFFICIENCY}
LEARNT = {"morning": {20: [0.45], 5: [0.2, 0.3]}, "live": {5: [0.1, 0.2], 20: [0.4]}}
LEFT_OUT = {"morning": {"all": 0.451, "no heart": 0.3}, "live": {"all": 0.4, "no heart": -0.0125}}


def made_curve(*points):
    return Curve(*(np.array(column) for column in zip(*points, strict=True)))


def made_calibration(shift):
    classes = {
        name: made_curve((0.1, 0.1 + shift, 30 + i), (0.5, 0.4, 10))
        for i, name in enumerate(("wake", "light", "deep", "rem"))
    }
    return Calibration(made_curve((0.4, 0.3, 10), (0.7, 0.7 + shift, 30)), classes)


CALIBRATIONS = {"live": made_calibration(0.1), "morning": made_calibration(0.02)}
PICTURES = {
    "reliability": lambda palette=LIGHT: card.reliability(CALIBRATIONS, palette),
    "confusion": lambda palette=LIGHT: card.confusion(SCORES["morning"], palette),
    "kappa_by_person": lambda palette=LIGHT: card.kappa_by_person(SCORES, palette),
    "bland_altman": lambda palette=LIGHT: card.bland_altman(LIMITS, palette),
    "learning_curve": lambda palette=LIGHT: card.learning_curve(LEARNT, palette),
    "ablation": lambda palette=LIGHT: card.ablation(LEFT_OUT, palette),
}


def lines(axes, marker=None):
    """{label or number: [(x, y)]} of a panel's lines, all or those of a marker."""
    drawn = [line for line in axes.lines if marker in (None, line.get_marker())]
    return [[*zip(*map(list, line.get_data()), strict=True)] for line in drawn]


def words(axes):
    return [text.get_text() for text in axes.texts]


def marks(axes):
    return [text.get_text() for text in axes.get_yticklabels()]


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_results_give_the_same_bytes(name):
    """Drawn twice, and saved twice after a PNG: nothing moves, nothing is dated."""
    one, other = PICTURES[name](), PICTURES[name]()
    png = canvas.png(one)
    assert png.startswith(b"\x89PNG") and png == canvas.png(other)
    svg = canvas.svg(one)
    assert svg == canvas.svg(other) == canvas.svg(one)
    assert b"<dc:date>" not in svg and b"Software" not in png


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", PICTURES)
def test_the_paper_is_the_palette_s(name, palette):
    svg = canvas.svg(PICTURES[name](palette)).decode()
    assert palette.paper in svg and palette.quiet in svg
    (other,) = {LIGHT.paper, DARK.paper} - {palette.paper}
    assert other not in svg


def test_a_panel_for_each_score_with_its_error():
    titles = [axes.get_title("left") for axes in card.reliability(CALIBRATIONS).axes]
    errors = [CALIBRATIONS[score].error for score in ("live", "morning")]
    assert errors == pytest.approx([0.1, (0.1 + 0.06) / 4])
    assert titles == ["live: calibration error 0.100", "morning: calibration error 0.040"]


def test_reliability_is_drawn_as_given():
    axes = card.reliability(CALIBRATIONS).axes[0]
    given = {**CALIBRATIONS["live"].classes, "likeliest": CALIBRATIONS["live"].top}
    dots = {dots.get_label().lower(): dots for dots in axes.collections}
    assert list(dots) == list(given)
    wanted = [[*zip(curve.said, curve.seen, strict=True)] for curve in given.values()]
    assert lines(axes) == [[(0, 0), (1, 1)], *wanted]
    for name, curve in given.items():
        assert (
            dots[name].get_offsets().tolist() == np.column_stack([curve.said, curve.seen]).tolist()
        )
        size = dots[name].get_sizes() - 6
        assert size / size.sum() == pytest.approx(curve.epochs / curve.epochs.sum())
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["as said", "wake", "light", "deep", "REM", "likeliest"]


def test_a_confusion_has_its_shares_and_epochs():
    """True: wake 3, NREM 10, REM 3; said of wake: 2 wake, 1 NREM; and so on."""
    _, three, _ = card.confusion(SCORES["morning"]).axes
    assert words(three) == [
        *("67%\n2", "33%\n1", "0%\n0"),
        *("0%\n0", "100%\n10", "0%\n0"),
        *("0%\n0", "33%\n1", "67%\n2"),
    ]
    places = [text.get_position() for text in three.texts]
    assert places == [(column, row) for row in range(3) for column in range(3)]
    assert marks(three) == ["wake", "NREM", "REM"]
    assert np.asarray(three.images[0].get_array()) == pytest.approx(
        np.array([[2 / 3, 1 / 3, 0], [0, 1, 0], [0, 1 / 3, 2 / 3]])
    )
    assert (three.get_xlabel(), three.get_ylabel()) == ("said", "true")


def luminance(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_cell_s_numbers_can_be_read_on_it(palette):
    """In any shade: 11 pairs of cells, from none to all."""
    found = {
        f"{share} %": Agreement(2, 0, {}, 0, {}, {}, np.array([[share, 100 - share]] * 2))
        for share in range(0, 51, 5)
    }
    for axes in card.confusion(found, palette).axes:
        _check_contrast(axes)


def _check_contrast(axes):
    shades = axes.images[0].get_cmap()
    for text, share in zip(axes.texts, axes.images[0].get_array().ravel(), strict=True):
        ground = luminance(to_hex(shades(share)))
        ink = luminance(text.get_color())
        assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) > 3.9


def _only(figure):
    (axes,) = figure.axes
    return axes


def test_people_are_sorted_by_the_first_score_the_best_above():
    """Cid has no kappa in the morning: an empty place below, a dot for live."""
    axes = card.kappa_by_person(SCORES).axes[-1]
    morning, live = (SCORES[score][4] for score in ("morning", "live"))
    assert morning.kappas["ann"] > morning.kappas["bob"]
    people = ["cid", "bob", "ann"]
    assert marks(axes) == people
    for marker, found in (("o", morning), ("D", live)):
        (drawn,) = lines(axes, marker)
        wanted = [(found.kappas[person], row) for row, person in enumerate(people)]
        assert np.array(drawn) == pytest.approx(np.array(wanted), nan_ok=True)
    means = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert means == [morning.mean, live.mean]


def test_no_dot_falls_out_of_the_panel():
    for axes in card.kappa_by_person(SCORES).axes:
        low, high = axes.get_xlim()
        for line in axes.lines:
            seen = np.array(line.get_xdata(), float)
            assert ((seen > low) & (seen <= high) | np.isnan(seen)).all()


def test_nobody_with_a_kappa_is_no_dot():
    asleep = {2: agreement(outcome({"ann": ("LL", "LL")}), 2)}
    assert marks(_only(card.kappa_by_person({"live": asleep}))) == ["ann"]


def test_bland_and_altman_are_drawn_as_given():
    tst, efficiency = card.bland_altman(LIMITS).axes[:2]
    assert lines(tst, "o") == [[(405, 10), (410, -20), (387.5, 15)]]
    heights = [line.get_ydata()[0] for line in tst.lines[1:]]
    assert heights == [0, TST.bias, TST.low, TST.high]
    assert tst.get_title("left") == "Total sleep time"
    assert tst.get_xlabel() == "mean of both, min\nbias +1.7, -35.4 to +38.8 min, n = 3"
    assert efficiency.get_xlabel() == "mean of both, %\nbias -2.0, n = 1"


def test_a_place_without_a_measure_is_left_empty():
    figure = card.bland_altman({name: TST for name in "abcd"})
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2


def test_a_learning_curve_has_its_dots_and_means():
    axes = _only(card.learning_curve(LEARNT))
    dots, means = lines(axes, "o")
    assert sorted(dots) == [(5, 0.2), (5, 0.3), (20, 0.45)]
    assert means == [(5, pytest.approx(0.25)), (20, 0.45)]
    dots, means = lines(axes, "D")
    assert sorted(dots) == [(5, 0.1), (5, 0.2), (20, 0.4)]
    assert means == [(5, pytest.approx(0.15)), (20, 0.4)]


def test_an_ablation_has_its_bars():
    morning, live = card.ablation(LEFT_OUT).axes
    assert [bar.get_width() for bar in morning.patches] == [0.451, 0.3]
    assert words(morning) == ["0.451", "0.300"]
    assert marks(morning) == ["all", "no heart"]
    assert morning.lines[0].get_xdata()[0] == 0.451
    assert [bar.get_width() for bar in live.patches] == [0.4, -0.0125]
    assert morning.yaxis_inverted()


def rows(table):
    """A markdown table's cells, head and ruler first."""
    assert table.endswith(" |\n")
    return [re.findall(r"(?<=\| ).*?(?= \|)", line) for line in table.splitlines()]


def test_the_table_of_agreements_marks_the_best_of_rivals():
    one, two = outcome(NIGHTS), outcome(LIVE, kind="float")
    other = outcome(LIVE, "slpdb", "live")
    table = rows(tables.agreements([(made, agreement(made, 2)) for made in (one, two, other)]))
    found = agreement(two, 2)
    assert table[0][:5] == ["set", "score", "kind", "classes", "kappa"]
    assert [row[4].startswith("**") for row in table[2:]] == [True, False, True]
    assert table[3] == [
        *("sleep_accel_features", "morning", "float", "2"),
        f"{found.kappa:.3f}",
        f"{found.mean:.2f} ± {found.spread:.2f}",
        f"{found.worst[1]:.2f} ({found.worst[0]})",
        f"{found.accuracy * 100:.1f} %",
    ]


def test_the_table_of_classes():
    assert rows(tables.by_class(SCORES["morning"][3]))[2:] == [
        ["wake", "0.67", "0.80", "3"],
        ["NREM", "1.00", "0.91", "10"],
        ["REM", "0.67", "0.80", "3"],
    ]


def test_the_table_of_confusion():
    assert rows(tables.confusion(SCORES["morning"][3])) == [
        ["true \\ said", "wake", "NREM", "REM"],
        ["---"] * 4,
        ["wake", "2", "1", "0"],
        ["NREM", "0", "10", "0"],
        ["REM", "0", "1", "2"],
    ]


def test_the_table_of_people_has_everybody_and_dashes():
    table = rows(tables.people({"morning": {2: SCORES["morning"][2], 4: SCORES["morning"][4]}}))
    assert table[0] == ["person", "morning, 2", "morning, 4"]
    kappas = [SCORES["morning"][k].kappas for k in (2, 4)]
    assert table[2:] == [
        *([who, *(f"{of[who]:.2f}" for of in kappas)] for who in ("ann", "bob")),
        ["cid", "-", "-"],
    ]


def test_the_tables_of_nights_calibration_and_ablation():
    assert rows(tables.nights(LIMITS))[2:] == [
        ["Total sleep time", "+1.7 min", "-35.4 to +38.8 min", "3"],
        ["Sleep efficiency", "-2.0 %", "- to - %", "1"],
    ]
    found = CALIBRATIONS["live"]
    live = ["live", f"{found.error:.3f}", f"{found.classwise_error:.3f}"]
    assert rows(tables.calibrations(CALIBRATIONS))[2] == live
    assert rows(tables.kappas("left out", {"a": {"x": 0.5}, "b": {"x": 0.25, "y": 0.1}})) == [
        ["left out", "a", "b"],
        ["---"] * 3,
        ["x", "0.500", "0.250"],
        ["y", "-", "0.100"],
    ]
