"""The moon of the stars scene stands where an ephemeris has it."""

import astronomy
import numpy as np
import pytest
from rendering import frames

pytestmark = pytest.mark.sound

DAY_S = 86_400
MOON = """
from firmware.bedside.moon import elongation, lit
result = [[elongation(s), lit(elongation(s))] for s in times]
"""
KEYS = ((0, 6000, 7000, 3000),)
# NASA's catalogues of eclipses: total ones, the greatest moment, UT.
NEW = ((2017, 8, 21, 18, 26), (2024, 4, 8, 18, 17), (2026, 8, 12, 17, 46), (2045, 8, 12, 17, 41))
FULL = ((2018, 7, 27, 20, 22), (2022, 5, 16, 4, 11), (2025, 9, 7, 18, 12), (2029, 6, 26, 3, 22))


def time_of(utc_s):
    return astronomy.Time(utc_s / DAY_S - 0.5)  # it counts days from noon


def moon(worker, times):
    """(degrees ahead of the sun, share that is lit) at each of `times`."""
    found = np.array(worker.call("snippet:run", MOON, {"times": list(times)}))
    return found[:, 0] * 360 / 65_536, found[:, 1] / 1024


def seconds(*date):
    return round((astronomy.Time.Make(*date, 0).ut + 0.5) * DAY_S)


def apart(one, other):
    return np.abs((np.asarray(one) - other + 180) % 360 - 180)


def test_it_stands_where_the_ephemeris_has_it_for_a_century(worker):
    times = np.random.default_rng(1).integers(0, 100 * 365 * DAY_S, 2000).tolist()
    found, lit = moon(worker, times)
    true = np.array([astronomy.MoonPhase(time_of(t)) for t in times])
    share = [astronomy.Illumination(astronomy.Body.Moon, time_of(t)).phase_fraction for t in times]
    assert apart(found, true).max() < 0.6
    assert np.abs(lit - share).max() < 0.008


def test_eclipses_are_at_new_and_full_moon(worker):
    assert apart(moon(worker, [seconds(*date) for date in NEW])[0], 0).max() < 1
    assert apart(moon(worker, [seconds(*date) for date in FULL])[0], 180).max() < 1


@pytest.mark.parametrize("phase", range(0, 360, 15))
def test_its_arc_is_as_wide_as_its_face_is_lit_and_on_the_side_where_it_is(worker, phase):
    date = astronomy.SearchMoonPhase(phase, astronomy.Time.Make(2027, 3, 1, 0, 0, 0), 40)
    facts = (7, 60, round((date.ut + 0.5) * DAY_S), 600)
    seen = frames(worker, "stars", (KEYS, 1, 0, 40), [400], facts)[0]
    share = seen[:, 1] / max(1, frames(worker, "path", (KEYS,), [0])[0].max())
    lit = (1 - np.cos(np.radians(phase))) / 2
    assert share.sum() == pytest.approx(14 * lit, abs=0.7 if lit > 0.1 else 1.5)
    if lit > 0.1:
        around = np.angle((share * np.exp(2j * np.pi * np.arange(24) / 24)).sum(), deg=True)
        assert apart(around, phase) < 6
    right, left = share[1:12].sum(), share[13:].sum()
    if 20 < phase < 160:
        assert right > left
    if 200 < phase < 340:
        assert left > right


def test_without_a_date_there_is_no_moon_but_there_are_stars(worker):
    seen = frames(worker, "stars", (KEYS, 3, 1024, 40), range(0, 3000, 50), (7, 60, 0, 600))
    lit = (seen.sum(2) > 0).sum(1)
    assert lit.max() == 3
    assert lit.min() >= 1
