"""The area `governor`: what the gate lets through, beside what is never exceeded."""

from collections.abc import Iterator

from sleepsync.bench import emissions
from sleepsync.bench.figure import Figure
from sleepsync.emitted.limits import FIELD
from sleepsync.world.library import NAMES


def figures() -> Iterator[Figure]:
    """Every figure of the governor; some minutes."""
    yield from _emitted()


def _emitted():
    """The worst of everything that was emitted in nights of the library's people."""
    nights = list(emissions.nights(NAMES))
    yield Figure("governor.nights", len(nights), "nights")
    yield Figure("governor.acts", sum(night.acts for night in nights), "lanes that acted")
    breaches = sum(len(night.breaches) for night in nights)
    yield Figure("governor.not_allowed", breaches, "moments", "=0")
    worst = {name: max(getattr(night, name) for night in nights) for name in _LIMITS}
    for name, (unit, most) in _LIMITS.items():
        yield Figure(f"governor.worst.{name}", worst[name], unit, f"<={most:g}")


_LIMITS = {
    "flicker": ("of what is allowed", 1),
    "counts_in_1s": ("counts", FIELD.slew_counts),
    "light": ("of its ceiling", 1),
    "sound": ("of its ceiling, by 20 dB", 1),
    "touch": ("of its ceiling", 1),
    "burst_s": ("s", FIELD.burst_us / 1e6),
    "duty": ("of 30 s", FIELD.duty),
    "ma": ("mA", FIELD.together_ma),
}
