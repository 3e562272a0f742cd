"""Measured emissions against what was allowed and what is never exceeded.

It must never forgive: what the limits leave open (a tick that comes late) stands in their table.
"""

from collections.abc import Callable, Iterator

import numpy as np

from sleepsync.emitted.breach import Breach
from sleepsync.emitted.current import Current
from sleepsync.emitted.felt import DUTY_US, Touch
from sleepsync.emitted.flicker import WINDOW_US
from sleepsync.emitted.heard import BLOCK_MS
from sleepsync.emitted.lanes import Allowed, Lane
from sleepsync.emitted.limits import Limits
from sleepsync.emitted.pillow import Sound, block_means, fast
from sleepsync.emitted.shown import Light

OUTSIDE = "emitted though nothing was allowed"
ABOVE_PHOTOPIC = "above its ceiling, photopic"
ABOVE_MELANOPIC = "above its ceiling, melanopic"
ABOVE = "above its ceiling"
ABOVE_FAST = "above its ceiling on FAST"
ABOVE_LEQ = "above its ceiling over 96 ms"
COLOUR = "neither red nor amber"
SLEW_IN_1S = "changed too far within a second"
SLEW_AHEAD = "stepped too far at once"
FLICKER = "flickers between 2 and 65 Hz"
BURST = "burst too long"
DUTY = "on for too much of 30 s"
CURRENT = "draw too much together"

_ONE_BREACH_US = 100_000  # moments no further apart are told as one
_SAME_POWER = 1 + 1e-9


def light_breaches(light: Light, allowed: list[Allowed], limits: Limits) -> Iterator[Breach]:
    """Level, colour, slew and flicker."""
    row, begins, ends = _cut_up(light.us, light.until_us, allowed, Lane.LIGHT)
    told = _teller(Lane.LIGHT, "mlx", begins, ends)
    photopic, melanopic = 1000 * light.photopic_lx[row], 1000 * light.melanopic_lx[row]
    level = np.maximum(photopic, melanopic)
    ceiling, coloured = _light_ceilings(begins, light.amber[row], allowed, limits)
    yield from told(OUTSIDE, (ceiling < 0) & (level > 0), level, 0)
    yield from told(COLOUR, coloured, level, 0)
    for rule, one in ((ABOVE_PHOTOPIC, photopic), (ABOVE_MELANOPIC, melanopic)):
        yield from told(rule, (ceiling >= 0) & (one > ceiling), one, ceiling)
    yield from _of_slew(light, limits)
    windows = light.flicker
    told = _teller(Lane.LIGHT, "x", windows.from_us, windows.from_us + WINDOW_US)
    yield from told(FLICKER, windows.ratio > 1, windows.ratio, 1)


def _light_ceilings(begins, amber, allowed, limits):
    """(ceiling, whether the colour breaks the rule) of each stretch, by its own colour."""
    any_colour = [span for span in allowed if not span.amber]
    of_any = _ceilings(begins, any_colour, Lane.LIGHT, limits.light_mlx)
    of_all = _ceilings(begins, allowed, Lane.LIGHT, limits.light_mlx)
    coloured = ~amber & (of_any < 0) & (of_all >= 0)
    return np.where(amber | coloured, of_all, of_any), coloured


def _of_slew(light: Light, limits) -> Iterator[Breach]:
    told = _teller(Lane.LIGHT, "counts", light.us, light.us + limits.tick_us)
    in_1s, ahead = light.slew.in_1s, light.slew.ahead
    yield from told(SLEW_IN_1S, in_1s > limits.slew_counts, in_1s, limits.slew_counts)
    yield from told(SLEW_AHEAD, ahead > limits.ahead_counts, ahead, limits.ahead_counts)


def sound_breaches(sound: Sound, allowed: list[Allowed], limits: Limits) -> Iterator[Breach]:
    """Level on both clocks. They run over the sound's share of its ceiling, so that a ceiling
    that sinks does not blame what sounded under the one before.
    """
    heard = sound.heard
    ceiling = _ceilings(heard.us, allowed, Lane.SOUND, limits.sound_cdb)
    told = _teller(Lane.SOUND, "dBA", heard.us, heard.us + 1000)
    outside = ceiling < 0
    yield from told(OUTSIDE, outside & heard.sounds, sound.level_cdb(heard.weighted) / 100, 0)
    share = np.where(outside, 0.0, heard.weighted / sound.power(ceiling))
    loud = fast(share)
    yield from told(
        ABOVE_FAST, ~outside & (loud > _SAME_POWER), _over(ceiling, loud), ceiling / 100
    )
    ceiling, mean = ceiling[heard.blocks], block_means(heard, share)
    starts = heard.us[heard.blocks]
    told = _teller(Lane.SOUND, "dBA", starts, starts + 1000 * BLOCK_MS)
    yield from told(ABOVE_LEQ, mean > _SAME_POWER, _over(ceiling, mean), ceiling / 100)


def touch_breaches(touch: Touch, allowed: list[Allowed], limits: Limits) -> Iterator[Breach]:
    """Level, length of bursts, duty."""
    row, begins, ends = _cut_up(touch.us, touch.until_us, allowed, Lane.TOUCH)
    told = _teller(Lane.TOUCH, "of 127", begins, ends)
    drive, ceiling = touch.drive[row], _ceilings(begins, allowed, Lane.TOUCH, limits.drive)
    yield from told(OUTSIDE, (ceiling < 0) & (drive > 0), drive, 0)
    yield from told(ABOVE, (ceiling >= 0) & (drive > ceiling), drive, ceiling)
    told = _teller(Lane.TOUCH, "s", *touch.bursts.T)
    too_long = touch.lasts_us > limits.burst_us + limits.late_us
    yield from told(BURST, too_long, touch.lasts_us / 1e6, limits.burst_us / 1e6)
    told = _teller(Lane.TOUCH, "%", touch.bursts[:, 0], touch.bursts[:, 0] + DUTY_US)
    yield from told(DUTY, touch.duty > limits.duty, 100 * touch.duty, 100 * limits.duty)


def current_breaches(current: Current, limits: Limits) -> Iterator[Breach]:
    """The sum of ring and amplifier."""
    told = _teller(None, "mA", current.us, current.us + 1000)
    yield from told(CURRENT, current.ma > limits.together_ma, current.ma, limits.together_ma)


def _cut_up(us, until_us, allowed, lane):
    """(row that holds, from us, to us), each (n,): in each stretch a staircase is steady, and
    so is what is allowed."""
    if not len(us):
        return us, us, us
    own = [bound for span in allowed if span.lane == lane for bound in (span.from_us, span.to_us)]
    end_us = max(until_us, us[-1] + 1)
    edges = np.union1d(us, np.array([end_us, *own], dtype=np.int64))
    edges = edges[(edges >= us[0]) & (edges <= end_us)]
    return np.searchsorted(us, edges[:-1], side="right") - 1, edges[:-1], edges[1:]


def _ceilings(from_us, allowed, lane, most):
    """(n,) the highest ceiling of all spans that cover a stretch, -1 if none does."""
    ceiling = np.full(len(from_us), -1.0)
    for span in allowed:
        if span.lane == lane:
            inside = slice(*np.searchsorted(from_us, (span.from_us, span.to_us)))
            np.maximum(ceiling[inside], min(span.ceiling, most), out=ceiling[inside])
    return ceiling


def _over(ceiling_cdb, share):
    return ceiling_cdb / 100 + 10 * np.log10(np.maximum(share, 1e-20))


def _teller(lane, unit, from_us, to_us) -> Callable[..., Iterator[Breach]]:
    """A function that makes one breach of marked rows that lie close, with its worst figure."""

    def told(rule, marked, figure, most):
        most = np.broadcast_to(most, np.shape(figure))
        rows = np.flatnonzero(marked)
        apart = np.flatnonzero(from_us[rows[1:]] - to_us[rows[:-1]] > _ONE_BREACH_US) + 1
        for close in np.split(rows, apart) if len(rows) else ():
            worst = close[np.argmax(figure[close] - most[close])]
            span = (max(0, int(from_us[close[0]])), int(to_us[close[-1]]))
            yield Breach(lane, rule, *span, float(figure[worst]), float(most[worst]), unit)

    return told
