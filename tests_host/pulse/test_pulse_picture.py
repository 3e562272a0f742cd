"""The numbers behind the picture of a heard wave: what is blank, what is shown close up."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import made_waves
import numpy as np
import pytest
from sleepsync.pulse import picture
from sleepsync.pulse.hearing import Heard
from sleepsync.pulse.light import to_counts
from sleepsync.pulse.waveform import Waveform
from sleepsync.report.palette import LIGHT

SECONDS = 60
NAN = float("nan")


def a_wave(seconds=SECONDS, gap=slice(0, 0), name="finger.csv"):
    light = to_counts(made_waves.rise(50, seconds), "rise")
    light[gap] = np.nan
    return Waveform(name, light, 50.0, "rise")


def heard_of(seconds=SECONDS, **rows):
    """All known, but for the rows that are given."""
    beats_s = np.arange(1.0, seconds)
    full = {
        "beats_s": beats_s,
        "intervals_s": np.where(np.arange(len(beats_s)) % 3, 1.0, NAN),
        "rate_bpm": np.full(seconds, 60.0),
        "rmssd_ms": np.full(seconds, 30.0),
        "sdnn_ms": np.full(seconds, 40.0),
        "breaths_per_min": np.full(seconds, 15.0),
        "quality": np.full(seconds, 90.0),
    }
    return Heard(**{**full, **rows})


def panels_of(waveform, heard):
    return picture.compose(waveform, heard)[1]


def title_of(waveform, heard):
    return picture.compose(waveform, heard)[0].get_suptitle()


def stairs(panel):
    (patch,) = (p for p in panel.patches if hasattr(p, "get_data"))
    return patch.get_data()


def shaded(panel):
    """(start, end) of each stretch of grey ground."""
    (ground,) = (c for c in panel.collections if c.get_zorder() == 0)
    return [(p.vertices[:, 0].min(), p.vertices[:, 0].max()) for p in ground.get_paths()]


# -- what is blank


def test_unknown_stretches_are_found():
    values = np.array([NAN, NAN, 1, 2, NAN, 3, NAN])
    assert picture.unknown(values) == [(0, 2), (4, 5), (6, 7)]
    assert picture.unknown(np.ones(3)) == []
    assert picture.unknown(np.full(3, NAN)) == [(0, 3)]


@pytest.mark.parametrize(
    ("panel", "row"),
    [
        ("rate", "rate_bpm"),
        ("rmssd", "rmssd_ms"),
        ("breaths", "breaths_per_min"),
        ("quality", "quality"),
    ],
)
def test_what_is_not_known_is_blank_on_grey_ground(panel, row):
    values = np.linspace(50, 70, SECONDS)
    values[:10] = values[30:40] = NAN
    panels = panels_of(a_wave(), heard_of(**{row: values}))
    drawn_values, edges, _ = stairs(panels[panel])
    np.testing.assert_array_equal(drawn_values, values)
    np.testing.assert_array_equal(edges, np.arange(SECONDS + 1))
    assert shaded(panels[panel]) == [(0, 10), (30, 40)]
    others = {"rate", "rmssd", "breaths", "quality"} - {panel}
    assert all(shaded(panels[other]) == [] for other in others)


def test_a_row_of_which_nothing_is_known_says_so():
    panels = panels_of(a_wave(), heard_of(rmssd_ms=np.full(SECONDS, NAN)))
    assert panels["rmssd"].get_title(loc="left").endswith(": not known")
    assert shaded(panels["rmssd"]) == [(0, SECONDS)]
    assert len(panels["rmssd"].get_yticks()) == 0
    assert "not known" not in panels["rate"].get_title(loc="left")


def test_a_gap_of_the_wave_is_blank_and_grey():
    gap = slice(20 * 50, 25 * 50)
    panels = panels_of(a_wave(gap=gap), heard_of())
    assert shaded(panels["whole"]) == [(20, 25)]
    for name in ("best", "worst"):
        assert shaded(panels[name]) == []
        assert np.isfinite(panels[name].lines[0].get_ydata()).all()


def test_time_is_in_the_unit_that_its_length_asks_for():
    for seconds, unit, size in (
        (60, "seconds", 1),
        (600, "minutes", 60),
        (4 * 3600, "hours", 3600),
    ):
        wave = a_wave(60)
        long = replace(wave, light=np.resize(wave.light, seconds * 50))
        rate = np.full(seconds, 60.0)
        rate[seconds // 2 :] = NAN
        figure, panels = picture.compose(long, heard_of(seconds, rate_bpm=rate))
        title = figure.get_suptitle()
        assert panels["quality"].get_xlabel() == unit
        assert (f"of {seconds // 60}:00 min" in title) != (unit == "hours")
        assert panels["rate"].get_xlim() == (0, pytest.approx(seconds / size))
        (ground,) = shaded(panels["rate"])
        assert ground == pytest.approx((seconds / 2 / size, seconds / size))


# -- close-ups


def test_close_ups_are_the_best_and_the_worst_ten_seconds():
    quality = np.full(SECONDS, 50.0)
    quality[34], quality[51] = 99, 3
    assert picture.close_ups(a_wave().light, quality) == (25, 42)


def test_the_start_is_no_worst():
    quality = np.full(SECONDS, 50.0)
    quality[:12], quality[40] = 0, 20
    assert picture.close_ups(a_wave().light, quality)[1] == 31


def test_a_close_up_has_no_gap_if_it_can():
    quality = np.full(SECONDS, 50.0)
    quality[28:38] = NAN
    light = a_wave(gap=slice(28 * 50, 29 * 50)).light
    best, worst = picture.close_ups(light, quality)
    assert not (18 < worst < 29) and not (18 < best < 29)


@pytest.mark.parametrize("seconds", [9, 10, 19])
def test_a_short_file_has_close_ups_too(seconds):
    quality = np.arange(seconds, dtype=float)
    best, worst = picture.close_ups(a_wave(seconds + 0.5).light, quality)
    assert 0 <= worst <= best <= max(0, seconds - 10)
    assert panels_of(a_wave(seconds + 0.5), heard_of(seconds))


def test_beats_stand_on_the_wave_and_filled_where_their_interval_is_believed():
    wave, heard = a_wave(), heard_of()
    _, doubted, believed = panels_of(wave, heard)["best"].lines
    for marks, is_believed in ((doubted, False), (believed, True)):
        wanted = heard.beats_s[np.isfinite(heard.intervals_s) == is_believed]
        np.testing.assert_array_equal(marks.get_xdata(), wanted)
        height = -np.interp(wanted, np.arange(len(wave.light)) / 50, wave.light)
        np.testing.assert_allclose(marks.get_ydata(), height)
    assert doubted.get_markerfacecolor() == LIGHT.paper
    assert believed.get_markerfacecolor() == LIGHT.heart


# -- the whole wave


def test_the_overview_holds_every_spike_and_no_gap():
    wave = np.zeros(100_000)
    wave[777], wave[54_321], wave[54_320], wave[778], wave[90_000:] = 5, -7, NAN, NAN, NAN
    at_s, low, high = picture.envelope(wave)
    assert len(at_s) == len(low) == len(high) == 1000
    assert (np.nanmax(high), np.nanmin(low)) == (5, -7)
    assert np.isnan(low[900:]).all() and np.isfinite(low[:900]).all()
    assert (low[543], high[7]) == (-7, 5)
    assert at_s[[0, -1]] == pytest.approx([1, 1999])


def test_an_overview_of_few_samples_is_the_wave():
    at_s, low, high = picture.envelope(np.arange(500.0))
    np.testing.assert_array_equal(low, np.arange(500))
    np.testing.assert_array_equal(high, low)
    assert at_s[1] - at_s[0] == pytest.approx(0.02)


# -- words and bytes


def test_the_figures_are_medians_of_what_is_known():
    rate = np.full(SECONDS, NAN)
    rate[15:] = 61
    rate[20] = 200
    found = picture.figures(heard_of(rate_bpm=rate, breaths_per_min=np.full(SECONDS, NAN)))
    assert (found.rate_bpm, found.rmssd_ms, found.known) == (61, 30, 0.75)
    assert np.isnan(found.breaths_per_min)


def test_the_title_names_file_medians_and_how_much_is_known():
    rate = np.full(SECONDS, NAN)
    rate[15:] = 61
    unknown = np.full(SECONDS, NAN)
    heard = heard_of(rate_bpm=rate, breaths_per_min=unknown)
    name = "a $b$ [m].csv, R"
    title = title_of(a_wave(name=name), heard)
    assert title.startswith(name + "\n")
    assert "heart rate 61 /min, RMSSD 30 ms; rate known in 75% of 1:00 min" in title
    assert "breaths" not in title
    nothing = heard_of(rate_bpm=unknown, breaths_per_min=unknown, rmssd_ms=unknown)
    assert "Median: nothing; rate known in 0%" in title_of(a_wave(), nothing)


def test_the_same_wave_gives_the_same_picture_of_either_kind():
    one, other = (picture.draw(a_wave(), heard_of(), ".svg") for _ in range(2))
    assert one == other
    assert ElementTree.fromstring(one).tag.endswith("svg")
    assert picture.draw(a_wave(), heard_of(), ".png").startswith(b"\x89PNG")
