"""Colours are what they are called: on the Planckian locus, on a screen, in the dark."""

import numpy as np
import pytest
from sleepsync.emitted.eye import MELANOPIC_LX, PHOTOPIC_LX
from sleepsync.scenes import palette, shades
from sleepsync.scenes.kinds import Around
from sleepsync.scenes.rich_light import RICH
from sleepsync.scenes.uses import MOST, Most

pytestmark = pytest.mark.sound

# x, y of black bodies: tables of the CIE 1931 observer (Wyszecki and Stiles, Color Science).
LOCUS = {1000: (0.6528, 0.3444), 1500: (0.5857, 0.3931), 2000: (0.5267, 0.4133)}
LOCUS |= {2856: (0.4476, 0.4074), 3500: (0.4053, 0.3907), 6500: (0.3135, 0.3237)}
LIMITS = """
from firmware.governor.limits import USES
result = [[use.light_mlx, use.is_amber, use.touch] for use in USES[1:]]
"""


@pytest.mark.parametrize("kelvin", LOCUS)
def test_a_black_body_has_its_chromaticity(kelvin):
    assert palette.planckian_xy(kelvin) == pytest.approx(LOCUS[kelvin], abs=0.0015)
    shown = palette.ring_xy(palette.of_kelvin(kelvin))
    assert shown == pytest.approx(LOCUS[kelvin], abs=0.003)


def test_warmer_is_redder_and_holds_less_melanopic_light():
    kelvins = range(1000, 6501, 250)
    mixed = np.array([palette.of_kelvin(k) for k in kelvins])
    share = mixed @ MELANOPIC_LX / (mixed @ PHOTOPIC_LX)
    assert (np.diff(share) > 0).all()
    assert (np.diff(mixed[:, 2] / mixed[:, 1]) >= 0).all()


def test_colours_of_the_night_hold_no_blue_and_little_green():
    for name in palette.NIGHT:
        green, red, blue = palette.proportions(name)
        assert blue == 0
        assert 2 * green <= red


@pytest.mark.parametrize(
    ("text", "xy"), [("#ffffff", (0.3127, 0.3290)), ("#ff8000", (0.5430, 0.4070))]
)
def test_a_screen_s_colour_is_the_ring_s(text, xy):
    assert palette.ring_xy(palette.proportions(text)) == pytest.approx(xy, abs=0.006)


def test_black_is_dark():
    assert not palette.proportions("#000000").any()
    assert not palette.proportions("dark").any()


@pytest.mark.parametrize("text", ["violet", "#12345", "ff8000", "#gg0000", ""])
def test_no_other_word_is_a_colour(text):
    with pytest.raises(ValueError, match="ember"):
        palette.proportions(text)


@pytest.mark.parametrize("kelvin", [999, 6501])
def test_nor_any_other_temperature(kelvin):
    with pytest.raises(ValueError, match="1000 to 6500"):
        palette.of_kelvin(kelvin)


def test_each_use_allows_what_the_governor_does(worker):
    found = worker.call("snippet:run", LIMITS, {})
    assert [Most(light, bool(amber), touch) for light, amber, touch in found] == [*MOST.values()]


# -- shades over time


def rows(entry, **around):
    (made,) = RICH["path"].compiled(entry, Around(1800, **around))
    return np.array(made)


def test_lx_are_at_the_eye():
    made = rows({"colour": "candle", "lx": 7})
    counts = shades.colours(made, made[-1:, 0])[0]
    assert 24 * counts @ PHOTOPIC_LX == pytest.approx(7, rel=0.001)


@pytest.mark.parametrize("percent", [25, 50, 100])
def test_per_cent_are_of_lightness(percent):
    full = rows({"colour": "amber", "percent": 100}, most=MOST["wind-down"])[-1]
    part = rows({"colour": "amber", "percent": percent}, most=MOST["wind-down"])[-1]
    assert part[1:3] == pytest.approx(full[1:3] * percent / 100, rel=0.001)
    counts = shades.colours(np.array([full]), np.zeros(1))[0]
    assert 24 * counts @ [12, 7, 4] == pytest.approx(10_000, rel=0.001)


def test_a_sunrise_climbs_the_locus_and_evenly_in_lightness():
    keys = [{"at_min": 0.5, "kelvin": 1000, "lx": 1}, {"at_min": 30, "kelvin": 3500, "lx": 64}]
    made = rows({"keys": keys})
    ticks = np.linspace(made[1, 0], made[-1, 0], 100)
    counts = shades.colours(made, ticks)
    lx = 24 * counts @ PHOTOPIC_LX
    assert np.cbrt(lx) == pytest.approx(np.linspace(1, 4, 100), abs=0.02)
    for mixed, kelvin in zip(counts, 1e6 / np.linspace(1000, 1e6 / 3500, 100), strict=True):
        wanted = palette.ring_xy(palette.of_kelvin(kelvin))
        assert palette.ring_xy(mixed) == pytest.approx(wanted, abs=0.012)


def test_it_comes_and_goes_with_its_transition():
    made = rows({"colour": "red", "lx": 1}, in_s=30, out_s=60)
    assert made[:, 0].tolist() == [0, 750, 43_500, 45_000]
    assert (made[:, 2] > 0).tolist() == [False, True, True, False]


def test_it_may_take_over_from_a_scene_that_is_like_it():
    made = rows({"colour": "red", "lx": 1, "from_dark": False})
    assert made[:, 0].tolist() == [0]
    assert made[0, 2] > 0
