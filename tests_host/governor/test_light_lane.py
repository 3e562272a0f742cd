"""The lane of light, in the VM: no renderer brings it to break a rule, and its figures are true."""

import random
import zlib

import numpy as np
import pytest
from acting import LIGHT
from hypothesis import given, settings
from hypothesis import strategies as st
from shining import lights, melanopic_mlx, photopic_mlx

MOST_COUNTS = (800 - 24) * 255 // 20
WHITE = bytes([255] * 72)
DARK = bytes(72)
RUN = (
    LIGHT
    + """
is_cut = lane.begin(Script(frames), ceiling, amber, length, allowance)
out = shown(lane)
result = [out, figures(lane), is_cut]
"""
)


def colour(green, red, blue):
    return bytes([green, red, blue] * 24)


def run(worker, frames, ceiling=300_000, amber=False, length=400, allowance=10**6):
    given_ = {"frames": frames, "ceiling": ceiling, "amber": amber, "length": length}
    out, figures, _ = worker.call("snippet:run", RUN, {**given_, "allowance": allowance})
    emitted = 72 * (figures[0] + figures[1])
    assert len(out) - emitted in (0, 72)  # an act that ends in the dark has no closing frame
    assert not any(out[emitted:])
    return out[:emitted], figures


def obeys(out, ceiling, amber, first=DARK):
    """All rules but that of flicker, frame by frame, as the field's limits tell them."""
    assert max(photopic_mlx(out).max(), melanopic_mlx(out).max()) <= ceiling
    assert lights(out).sum((1, 2)).max() <= MOST_COUNTS
    steps = np.diff(lights(first + out), axis=0)
    assert np.abs(steps).max() <= 255 / 25
    if amber:
        green, red, blue = np.moveaxis(lights(out), 2, 0)
        assert not blue.any()
        assert (2 * green <= red).all()


# -- no renderer breaks a rule


def some_frames(seed, count):
    """Frames of every kind: noise, one light, one colour, white, dark; held, or ever new."""
    r = random.Random(seed)
    made = []
    while len(made) < count:
        most = r.choice((1, 3, 20, 255))
        kind = r.randrange(4)
        if kind == 0:
            frame = bytes(r.randint(0, most) for _ in range(72))
        elif kind == 1:
            frame = colour(*(r.randint(0, most) for _ in range(3)))
        elif kind == 2:
            one = bytearray(72)
            one[r.randrange(72)] = most
            frame = bytes(one)
        else:
            frame = r.choice((WHITE, DARK))
        made += [frame] * r.choice((1, 1, 3, 40))
    return made[:count]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 1 << 32),
    st.sampled_from((1, 7, 12, 100, 1000, 10_000, 300_000)) | st.integers(0, 300_000),
    st.booleans(),
)
def test_no_renderer_makes_it_break_a_rule(worker, seed, ceiling, amber):
    out, figures = run(worker, some_frames(seed, 120), ceiling, amber, length=240)
    obeys(out, ceiling, amber)
    levels = np.maximum(photopic_mlx(out), melanopic_mlx(out))
    assert figures[2:] == [levels.max(), levels.sum() // 25_000, zlib.crc32(out)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_level_changes_within_its_budget(worker, seed):
    """What is spent in any row of ticks is what they earn, and a count of green at most."""
    out, _ = run(worker, some_frames(seed, 200), length=300)
    levels = np.r_[0, photopic_mlx(out)]
    earned = 352 / 64 + levels[:-1] * 426 / 1024 / 64
    spent = np.abs(np.diff(levels))
    debt = np.cumsum(spent - earned)
    worst = max((debt[i:] - np.r_[0, debt][i]).max() for i in range(len(debt)))
    assert worst <= 12


def test_takeovers_obey_too(worker):
    """Each act begins from the frame of the last, or from dark if that frame is not allowed."""
    acts = [(WHITE, 20_000, False), (WHITE, 5_000, False), (colour(60, 150, 9), 5_000, True)]
    source = (
        LIGHT
        + """
result = []
for frame, ceiling, amber in acts:
    is_cut = lane.begin(Script([frame]), ceiling, amber, 10000, 1000000)
    result.append([is_cut, bytes(lane.frame), shown(lane, 500)])
"""
    )
    found = worker.call("snippet:run", source, {"acts": acts})
    assert [is_cut for is_cut, *_ in found] == [False, True, True]
    for (is_cut, first, out), (_, ceiling, amber) in zip(found, acts, strict=True):
        obeys(out, ceiling, amber, first)
        if is_cut:
            assert first == DARK
            assert not any(out[: 25 * 72])
            assert any(out[25 * 72 : 30 * 72])


def test_an_act_that_the_frame_obeys_takes_over_without_a_cut(worker):
    source = (
        LIGHT
        + """
lane.begin(Script([amber]), 1000, True, 10000, 10000)
shown(lane, 300)
before = bytes(lane.frame)
is_cut = lane.begin(Script([amber]), 1000, True, 10000, 10000)
result = [is_cut, before, shown(lane, 1)]
"""
    )
    is_cut, before, after = worker.call("snippet:run", source, {"amber": colour(60, 150, 0)})
    assert not is_cut
    assert sum(before) > 100
    assert np.abs(np.subtract(list(before), list(after))).max() <= 1


# -- it does what is wanted


@pytest.mark.parametrize("ceiling", [1000, 10_000, 100_000])
def test_the_wanted_colour_is_reached_as_bright_as_allowed(worker, ceiling):
    wanted = colour(90, 160, 25)
    out, _ = run(worker, [wanted], ceiling, length=2000)
    last = lights(out)[1900].sum(0)
    reached = max(photopic_mlx(out)[1900], melanopic_mlx(out)[1900])
    assert reached > min(ceiling, 24 * (90 * 12 + 160 * 7 + 25 * 4)) - 36
    assert last / last.sum() == pytest.approx(np.array([90, 160, 25]) / 275, abs=0.02)


def test_colours_keep_their_proportions_on_the_way(worker):
    """From dark to 60 lx: the mixture is the wanted one from the first second on."""
    out, _ = run(worker, [colour(90, 160, 25)], length=700)
    sums = lights(out).sum(1)
    for tick in (50, 100, 200, 400, 600):
        green, red, blue = sums[tick] / np.array([90, 160, 25])
        assert 0.7 < green / red < 1.45, tick
        assert abs(blue - red) * 25 <= max(3, 0.3 * red * 25), tick


def test_no_light_is_favoured(worker):
    """A long, slow rise: never does any light have three counts more than another."""
    out, _ = run(worker, [colour(0, 200, 0)], length=150)
    reds = lights(out)[:150, :, 1]
    assert reds[-1].min() >= 2
    assert np.ptp(reds, axis=1).max() <= 2


def test_one_colour_goes_over_into_another_of_the_same_level(worker):
    red, green = colour(0, 120, 0), colour(70, 0, 0)
    out, _ = run(worker, [red] * 700 + [green] * 100, length=800)
    assert lights(out)[699].sum(0).tolist() == [0, 120 * 24, 0]
    assert lights(out)[799].sum(0).tolist() == [70 * 24, 0, 0]
    levels = photopic_mlx(out)[690:800]
    assert np.ptp(levels) < 0.1 * levels.mean()


def test_what_was_shown_stays_when_nothing_else_is_wanted(worker):
    out, _ = run(worker, [colour(9, 20, 3)], length=600)
    assert len({out[72 * i : 72 * i + 72] for i in range(500, 600)}) == 1


# -- how an act ends


def test_it_fades_when_its_length_is_over(worker):
    out, (ticks, closing, *_) = run(worker, [WHITE], 10_000, length=300)
    assert ticks == 300
    assert len(out) == 72 * (ticks + closing)
    assert not any(out[-72:])
    assert any(out[-144:-72])
    assert (np.diff(photopic_mlx(out))[300:] <= 0).all()


def test_it_fades_when_its_dose_is_used(worker):
    out, (ticks, _, _, dose, _) = run(worker, [WHITE], 10_000, length=10_000, allowance=20)
    levels = np.maximum(photopic_mlx(out), melanopic_mlx(out))
    assert levels[:ticks].sum() >= 20 * 25_000 > levels[: ticks - 1].sum()
    assert 20 <= dose < 60


def test_close_fades(worker):
    source = (
        LIGHT
        + """
lane.begin(Script([frame]), 10000, False, 10000, 1000000)
a = shown(lane, 200)
lane.close()
b = shown(lane)
result = [a, b, figures(lane), lane.tick(), bytes(lane.frame), figures(lane)]
"""
    )
    a, b, figures, goes_on, last, later = worker.call("snippet:run", source, {"frame": WHITE})
    obeys(a + b, 10_000, False)
    assert figures[:2] == [200, len(b) // 72] == later[:2]
    assert not goes_on
    assert last == DARK


def test_a_cut_is_dark_at_once_and_for_a_second(worker):
    source = (
        LIGHT
        + """
lane.begin(Script([frame]), 10000, False, 10000, 1000000)
shown(lane, 200)
lane.cut()
at_once, before = bytes(lane.frame), figures(lane)
rest = shown(lane)
result = [at_once, rest, before, figures(lane)]
"""
    )
    at_once, rest, before, after = worker.call("snippet:run", source, {"frame": WHITE})
    assert at_once == DARK
    assert rest == bytes(72 * 25)
    assert (before[:2], after[:2]) == ([200, 0], [200, 25])
    assert before[2:4] == after[2:4], "the dark adds nothing"


def test_an_act_after_a_cut_waits_in_the_dark(worker):
    source = (
        LIGHT
        + """
lane.cut()
shown(lane, 10)
lane.begin(Script([frame]), 10000, False, 100, 1000000)
result = [shown(lane, 20), figures(lane)]
"""
    )
    out, (ticks, *_) = worker.call("snippet:run", source, {"frame": WHITE})
    assert photopic_mlx(out)[:15].tolist() == [0] * 15
    assert photopic_mlx(out)[-1] > 0
    assert ticks == 20


def test_the_frame_is_always_the_same_object(worker):
    source = (
        LIGHT
        + """
f = lane.frame
lane.begin(Script([frame]), 10000, False, 100, 1000000)
shown(lane, 50)
lane.cut()
shown(lane)
result = f is lane.frame
"""
    )
    assert worker.call("snippet:run", source, {"frame": WHITE})


def test_the_same_act_gives_the_same_bits(worker):
    """After whatever acts before it, if it begins in the dark."""
    source = (
        LIGHT
        + """
result = []
for before in (0, 60, 95, 102):
    if before:
        lane.begin(Script(frames[7:]), 9000, False, before, 1000000)
        shown(lane)
    lane.begin(Script(frames), 9000, False, 300, 1000000)
    result.append([shown(lane), figures(lane)])
"""
    )
    first, *others = worker.call("snippet:run", source, {"frames": some_frames(6, 100)})
    assert all(other == first for other in others)


def test_a_colour_too_bright_by_far_gives_way_to_another(worker):
    """At its ceiling, where nothing could rise: what is wanted is dimmed as a whole."""
    out, _ = run(worker, [bytes([0, 255, 0] * 24)] * 300 + [WHITE] * 300, 2000, length=600)
    assert not lights(out)[299, :, (0, 2)].any()
    green, red, blue = lights(out)[599].sum(0)
    assert green == pytest.approx(red, abs=3)
    assert blue == pytest.approx(red, abs=3)
