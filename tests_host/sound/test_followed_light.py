"""Rich light wants only what the lane of light can follow, and the lane shows just that.

Each kind is compiled as an artist writes it, typical and as far as the compiler lets it go, and
runs through the real lane, at its use's ceiling; the judges of emitted light look at the frames.
"""

from dataclasses import replace

import numpy as np
import pytest
from rendering import frames, show
from sleepsync.scenes import following, shapes
from sleepsync.scenes.kinds import Around
from sleepsync.scenes.rich_light import RICH
from sleepsync.scenes.uses import MOST
from sleepsync.vm import Worker

pytestmark = pytest.mark.sound

TICKS_PER_S = 25
WIND_DOWN = Around(120, most=MOST["wind-down"])
SUNRISE = Around(1800, most=MOST["sunrise"])
CUE = Around(60, most=MOST["cue"])


def breath(pace, petals, lx, swell=0.1, colour="amber"):
    shade = {"colour": colour, "lx": lx}
    return {"kind": "iris", "breaths_per_min": pace, "petals": petals, "swell": swell, **shade}


def embers(colour, lx, pace_s=3, depth=0.6):
    return {"kind": "embers", "colour": colour, "lx": lx, "pace_s": pace_s, "depth": depth}


def sky(lx, stars=4, faint=0.3, pace_s=12):
    shade = {"colour": "moonlight", "lx": lx}
    return {"kind": "stars", "stars": stars, "faint": faint, "pace_s": pace_s, **shade}


def path(*keys):
    rows = [{"at_s": at_s, "lx": lx, **colour} for at_s, lx, colour in keys]
    return {"kind": "path", "keys": rows}


def named(name):
    return {"colour": name}


def kelvin(k):
    return {"kelvin": k}


DAWN = path((0, 0, named("dark")), (360, 1.5, kelvin(1000)), (1800, 80, kelvin(3500)))
EVENING = path((0, 9, named("warm white")), (60, 3, named("candle")), (118, 0.1, named("ember")))
QUICK = Around(30, 10, 10, most=MOST["wind-down"])
CASES = {
    "a slow breath from one middle": (breath(6, 1, 0.3), WIND_DOWN),
    "a slow breath": (breath(6, 2, 0.8), WIND_DOWN),
    "a breath": (breath(10, 2, 0.5), WIND_DOWN),
    "a quick breath": (breath(14, 3, 0.5), WIND_DOWN),
    "a breath of six petals": (breath(6, 6, 1, 0), WIND_DOWN),
    "a red breath": (breath(8, 2, 0.5, 0.2, "red"), WIND_DOWN),
    "embers": (embers("ember", 1), WIND_DOWN),
    "faint embers": (embers("ember", 0.2, 5, 0.9), WIND_DOWN),
    "bright embers": (embers("amber", 9, 2), WIND_DOWN),
    "a candle": (embers("candle", 2, 0.64, 0.35), WIND_DOWN),
    "a night sky": (sky(2), WIND_DOWN),
    "a bright sky": (sky(9, 8, 1, 8), WIND_DOWN),
    "an evening": (EVENING, WIND_DOWN),
    "a quick one": (path((0, 0.5, named("warm white"))), QUICK),
    "a sunrise": (DAWN, SUNRISE),
    "a bright sunrise": (path((200, 80, kelvin(3500))), replace(SUNRISE, length_s=240)),
    "a cue": (path((0, 0.9, named("amber"))), CUE),
}


def compiled(entry, around):
    return RICH[entry["kind"]].compiled(entry, around)


@pytest.fixture(scope="module")
def roomy():
    """A VM of this file's own: a sunrise's frames are a large piece of an unbroken heap."""
    with Worker() as vm:
        yield vm


@pytest.fixture(scope="module", params=CASES, ids=lambda name: name)
def case(request, roomy):
    entry, around = CASES[request.param]
    numbers, ticks = compiled(entry, around), around.length_s * TICKS_PER_S
    shown = show(roomy, entry["kind"], numbers, ticks, around.most.light_mlx, around.most.is_amber)
    return entry, around, numbers, shown


def test_the_judges_find_nothing(case):
    assert case[3].breaches == []


def test_the_lane_shows_what_is_wanted(case):
    """A light may wait a tick for its count; two counts, and 0.12 lx of the ring, are the most."""
    shown = case[3]
    lit = shown.wanted.sum((1, 2)) > 0
    assert lit.mean() > 0.5
    assert shown.lag_counts.max() <= 2
    assert (shown.lag_lx <= np.maximum(0.12, 0.02 * shown.emitted_lx)).all()
    assert np.mean(shown.lag_counts > 1) < 0.02


def test_it_is_as_bright_as_it_was_asked(case):
    """What is told in lx is there, at the last key and on every petal."""
    entry, around, _, shown = case
    if entry["kind"] == "stars":
        return
    asked = entry["keys"][-1]["lx"] if "keys" in entry else entry["lx"]
    end = len(shown.emitted) - 1 - round(around.out_s * TICKS_PER_S)
    seen = shown.emitted_lx[end - 250 : end] if entry["kind"] != "path" else shown.emitted_lx[end]
    assert np.max(seen) == pytest.approx(asked, rel=0.06, abs=0.05)


# -- the compiler's own model of it


@pytest.mark.parametrize(("beat", "petals", "swell"), [(250, 1, 0), (107, 3, 200), (150, 2, 100)])
def test_the_model_of_a_breath_is_the_puck_s(worker, beat, petals, swell):
    keys = ((0, 7000, 7000, 0),)
    ticks = range(0, 1000, following.PICTURE_TICKS)
    seen = frames(worker, "iris", (keys, beat, petals, swell), ticks)[:, :, 1]
    full = 256 * (7000 / 16_384) ** 3
    wanted = full * shapes.iris(len(ticks), beat, petals, swell)
    assert np.abs(seen - wanted).max() < 1 + 0.03 * wanted.max()


@pytest.mark.parametrize("slot", [2, 9])
def test_the_model_of_embers_is_as_lively_as_the_puck_s(worker, slot):
    keys = ((0, 12_000, 12_000, 0),)
    ticks = range(0, 20_000, following.PICTURE_TICKS)
    seen = frames(worker, "embers", (keys, slot, 600), ticks)[:, :, 1]
    wanted = 256 * (12_000 / 16_384) ** 3 * shapes.embers(len(ticks), slot, 600)
    for figure in (lambda x: x.std(), lambda x: np.abs(np.diff(x, axis=0)).mean()):
        assert figure(seen) == pytest.approx(figure(wanted), rel=0.05)


TOO_MUCH = {
    "more petals": (breath(14, 1, 0.5), WIND_DOWN),
    "or less light": (breath(6, 3, 0.8, 0.5), WIND_DOWN),
    "shallower depth": (embers("ember", 9, 0.64, 0.9), WIND_DOWN),
    "times as long": (path((0, 9, named("candle")), (60, 0, named("dark"))), WIND_DOWN),
    "lx at most": (path((0, 11, named("amber"))), WIND_DOWN),
    "no colour for a sleeper": (path((0, 0.5, named("candle"))), CUE),
    "put them in order": (path((5, 1, named("red")), (5, 2, named("red"))), WIND_DOWN),
    "too late to go out": (path((28, 1, named("red"))), QUICK),
    "let the second of keys be later": (
        path((0, 9, named("amber")), (3, 8, named("amber"))),
        WIND_DOWN,
    ),
    '"lx" or "percent"': ({"kind": "path", "colour": "amber"}, WIND_DOWN),
    '"colour" or by "kelvin"': ({"kind": "path", "lx": 1}, WIND_DOWN),
}


@pytest.mark.parametrize("remedy", TOO_MUCH)
def test_what_cannot_be_followed_is_refused_with_what_would_do(remedy):
    entry, around = TOO_MUCH[remedy]
    with pytest.raises(ValueError, match=remedy):
        compiled(entry, around)


@pytest.mark.parametrize("factor", [2.5])
def test_what_is_refused_could_not_be_followed(worker, monkeypatch, factor):
    """The compiler does not refuse for nothing: with its margin off, the lane lags."""
    monkeypatch.setattr(following, "_MARGIN", factor)
    entry = breath(8, 2, 2)
    numbers = compiled(entry, WIND_DOWN)
    shown = show(worker, "iris", numbers, 2000)
    assert shown.breaches == []
    assert shown.lag_counts.max() > 5
