"""Which faults of parts a night of the soak has, and which lanes they take along.

It must never break all three lanes at once: then no alarm can ring.
"""

import random
from dataclasses import dataclass

from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH

_FIRST_S = 600
_LEAST_S, _MOST_S = 120, 5400
# A part that came and went is looked for again after up to eight minutes (docs/faults.md).
_REST_S = 600
_BEDSIDE = ("light", "climate", "clock", "haptic")
_SHORT = "stuck_for_ever"
_ON_POD = ("absent", "wrong_id", "nack", "stuck", _SHORT, "overflow", "noise", "frozen")
KINDS = {
    "pulse": _ON_POD,
    "motion": _ON_POD,
    "light": ("absent", "nack", "stuck", _SHORT, "noise", "frozen"),
    "climate": ("absent", "nack", "stuck", _SHORT, "noise", "frozen"),
    "microphone": ("absent", "noise", "frozen"),
    "clock": ("absent", "nack", "stuck", _SHORT, "noise", "frozen"),
    "haptic": ("absent", "nack", "stuck", _SHORT),
    "ring": ("absent",),
    "amplifier": ("absent",),
}
AT_ONCE = ("stuck", "overflow")  # they end by themselves


@dataclass(frozen=True)
class Fault:
    """Part and kind as hw/sim/faults.py has them, from second `from_s` to `to_s`; 0: at once."""

    part: str
    kind: str
    from_s: int
    to_s: int

    @property
    def option(self) -> str:
        """As hw/sim/night.py takes it."""
        return f"{self.part}:{self.kind}:{self.from_s}:{self.to_s}"

    def hits(self, lane: str, at_s: float) -> bool:
        """Whether `lane` may be dead because of it about `at_s`."""
        if not self.from_s - 60 <= at_s <= max(self.from_s, self.to_s) + _REST_S:
            return False
        if lane == TOUCH:
            return self.part == "haptic" or (self.part in _BEDSIDE and self.kind == _SHORT)
        return self.part == {LIGHT: "ring", SOUND: "amplifier"}[lane]

    def __str__(self) -> str:
        return f"{self.part} {self.kind} {self.from_s}-{self.to_s} s"


def faults(rng: random.Random, length_s: float, is_cut: bool) -> tuple[Fault, ...]:
    """One or two. Of a night with a power cut the clock chip is spared, and its bus: it must tell
    the time when power is back.
    """
    found: dict[str, Fault] = {}
    for _ in range(rng.choice((1, 1, 2))):
        part = rng.choice([name for name in KINDS if not (is_cut and name == "clock")])
        kinds = [k for k in KINDS[part] if not (is_cut and part in _BEDSIDE and k == _SHORT)]
        kind = rng.choice(kinds)
        from_s = rng.randrange(_FIRST_S, int(length_s) - 2400)
        to_s = 0 if kind in AT_ONCE else from_s + rng.randrange(_LEAST_S, _MOST_S)
        found.setdefault(part, Fault(part, kind, from_s, to_s))
    return tuple(found.values())
