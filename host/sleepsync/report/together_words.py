"""How the room and the night went together, in sentences and rows.

It must never say that one thing made another: a night shows what met, no more. No score.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import clock, together
from sleepsync.report.room import dba, lux
from sleepsync.report.together import Awakening
from sleepsync.report.words import NBSP

FEW = 5  # awakenings: of fewer, nothing can be told from chance
_SELDOM = 0.05
UNKNOWN = "unknown"
_MINUS = "\u2212"
_CAVEAT = "A night shows what met, not what caused what."


@dataclass(frozen=True)
class Row:
    """An awakening and the room before it, in words."""

    when: str
    noise: str
    light: str
    temperature: str


def sentences(night: Night) -> list[str]:
    """What is to be said of the night; nothing of one in which nobody slept."""
    if not together.sleep_span(night)[1]:
        return []
    return [*_noise(night), *_light(night), *_hours(night), _CAVEAT]


def rows(night: Night) -> list[Row]:
    """Each awakening, in order."""
    return [_row(night, one) for one in together.awakenings(night)]


def rise(one: Awakening) -> str:
    """The loudest over the night's median: `+16 dB`, or `unknown`."""
    return UNKNOWN if np.isnan(one.rise_db) else f"{_signed(one.rise_db, 0)}{NBSP}dB"


def jump(one: Awakening, own: str = ", the puck's") -> str:
    """The light's jump: `+4.0 lx`, `none` below a lux, or `unknown`; `own`: of the puck's own."""
    if np.isnan(one.light_lx):
        return UNKNOWN
    if one.light_lx < together.LIGHT_JUMP_LX:
        return "none"
    return f"+{lux(one.light_lx)}" + (own if one.is_own_light else "")


def warmth(one: Awakening) -> str:
    """The temperature, and its change in half an hour: `18.2 °C, −0.1`."""
    if np.isnan(one.temperature_c):
        return UNKNOWN
    drift = "" if np.isnan(one.drift_c) else f", {_signed(one.drift_c, 1)}"
    return f"{one.temperature_c:.1f}{NBSP}°C{drift}"


def _row(night: Night, one: Awakening) -> Row:
    t_ms = one.index * records.EPOCH_S * 1000
    return Row(clock.moment(night, t_ms), rise(one), jump(one), warmth(one))


def _noise(night: Night) -> Iterator[str]:
    found = together.awakenings(night)
    if not found:
        yield "No awakening was seen after sleep onset."
        return
    told = together.chance(night)
    if not told.known:
        yield f"{_count(len(found))}; what was to be heard before them is unknown."
        return
    unknown = len(found) - told.known
    of = f"Of {_count(told.known)}" + f" (before {unknown} more it is unknown)" * bool(unknown)
    had = f"{told.after_noise} had" if told.after_noise else "none had"
    median = together.median_dba(night)
    yield (
        f"{of}, {had} a noise in the two minutes before: {together.LOUD_DB}{NBSP}dB or more over "
        f"the night's usual {dba(median)}."
    )
    yield _chance(told)


def _chance(told: together.Chance) -> str:
    if told.known < FEW:
        return "So few cannot be told from chance."
    by_chance = f"At other times of the same sleep it would be about {told.expected:.1f}"
    if not told.after_noise:
        return f"{by_chance}."
    often = f"as many or more in {_share(told.share)} of the tries"
    verdict = "hardly chance" if told.share <= _SELDOM else "no more than chance may bring"
    return f"{by_chance}; {often}: {verdict}."


def _light(night: Night) -> Iterator[str]:
    found = [one for one in together.awakenings(night) if not np.isnan(one.light_lx)]
    lit = [one for one in found if one.is_after_light]
    if not lit:
        return
    own = sum(one.is_own_light for one in lit)
    whose = f", {own} of them by the puck itself" if own else ""
    yield f"Before {_count(len(lit))} it grew lighter by a lux or more{whose}."


def _hours(night: Night) -> Iterator[str]:
    known = [
        hour
        for hour in together.by_hour(night)
        if np.isfinite(hour.temperature_c) and np.isfinite(hour.restless)
    ]
    if len(known) < 2:
        yield "Temperature against restlessness: unknown."
        return
    warm = max(known, key=lambda hour: hour.temperature_c)
    cool = min(known, key=lambda hour: hour.temperature_c)
    yield (f"In the warmest hour, {_hour(night, warm)}; in the coolest, {_hour(night, cool)}.")


def _hour(night: Night, hour: together.Hour) -> str:
    begin = clock.moment(night, round(hour.begin_h * 3_600_000))
    moved = f"the sleeper moved in {hour.restless * 100:.0f}{NBSP}% of the half minutes"
    return f"from {begin} at {hour.temperature_c:.1f}{NBSP}°C, {moved}"


def _count(count: int) -> str:
    return f"{count} awakening{'s' * (count != 1)}"


def _share(share: float) -> str:
    return f"{share * 100:.0f}{NBSP}%" if share >= 0.01 else f"under 1{NBSP}%"


def _signed(value: float, places: int) -> str:
    words = f"{abs(value):.{places}f}"
    if float(words) == 0:
        return f"±{words}"
    return f"{'+' if value > 0 else _MINUS}{words}"
