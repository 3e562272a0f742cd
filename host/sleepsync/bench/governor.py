"""The area `governor`: the off switch, what a replay finds, and what is emitted beside what is
never exceeded.
"""

from collections.abc import Iterator

import numpy as np

from sleepsync.bench import breaker, emissions
from sleepsync.bench.breaches import Breaches
from sleepsync.bench.figure import Figure
from sleepsync.emitted.limits import FIELD
from sleepsync.world.library import NAMES

_SEED = 1
# The worst of `emissions.Emitted`: unit, and what is never exceeded.
_LIMITS = {
    "flicker": ("of what is allowed", 1),
    "counts_in_1s": ("counts", FIELD.slew_counts),
    "light": ("of its ceiling", 1),
    "sound": ("of its ceiling, 20 dB to the whole", 1),
    "touch": ("of its ceiling", 1),
    "burst_s": ("s", FIELD.burst_us / 1e6),
    "duty": ("of 30 s", FIELD.duty),
    "ma": ("mA", FIELD.together_ma),
}


def figures() -> Iterator[Figure]:
    """Every figure of the governor; about ten minutes."""
    yield from _breaker()
    yield from _breaches()
    yield from _emitted()


def _breaker():
    """How long the off switch takes, over random presses beside all other work."""
    found = breaker.presses(breaker.PRESSES, _SEED)
    times = np.array([press.ms for press in found if press.ms < np.inf])
    yield Figure("governor.breaker_presses", len(times), "presses", f">={breaker.PRESSES}")
    in_flash = sum(press.in_flash for press in found)
    yield Figure("governor.breaker_in_flash", in_flash, "presses")
    yield Figure("governor.breaker_hidden", len(found) - len(times), "presses hidden by the flash")
    yield Figure("governor.breaker_p99", float(np.percentile(times, 99)), "ms")
    yield Figure("governor.breaker_worst", float(times.max()), "ms", f"<={breaker.LIMIT_MS:g}")


def _breaches():
    """How many kinds of planted breaches a replay finds."""
    with Breaches() as planted:
        yield Figure("governor.honest_findings", len(planted.honest()), "findings", "=0")
        for where, outcomes in (
            ("journal", list(planted.in_journal())),
            ("code", list(planted.in_code())),
        ):
            tried = sum(outcome.tried for outcome in outcomes)
            found = sum(outcome.found for outcome in outcomes)
            yield Figure(f"governor.breaches_planted.{where}", tried, "breaches")
            yield Figure(f"governor.breaches_found.{where}", found, "kinds", f"={len(outcomes)}")


def _emitted():
    """The worst of everything that was emitted in nights of the library's people."""
    nights = list(emissions.nights(NAMES))
    yield Figure("governor.acts", sum(night.acts for night in nights), "lanes that acted")
    breaches = sum(len(night.breaches) for night in nights)
    yield Figure("governor.not_allowed", breaches, "moments", "=0")
    for name, (unit, most) in _LIMITS.items():
        worst = float(max(getattr(night, name) for night in nights))
        yield Figure(f"governor.worst.{name}", worst, unit, f"<={most:g}")
