"""What the puck draws, and what its buses can bear: summed from the parts, for one board."""

from dataclasses import dataclass

from sleepsync.boards import Board

from .parts import Part, Plan

# NXP UM10204, table 10: what a chip can hold low, and how fast a line must rise at 400 kHz.
SINK_MA = 3.0
RISE_NS = 300
_RISE = 0.8473  # of R C, from 30 % to 70 %
_HIGH_V = 3.3


@dataclass(frozen=True)
class Budget:
    """The currents of one board with all parts, in mA."""

    board: Board
    plan: Plan

    def parts(self, *rails: str) -> list[Part]:
        """The parts that draw from these rails."""
        return [
            part
            for part in self.plan.parts.values()
            if part.peak_ma and not {*rails}.isdisjoint(part.pins.values())
        ]

    def at_3v3(self, kind: str) -> float:
        """What the board's regulator gives: `kind` is "typical_ma" or "peak_ma"."""
        own = getattr(self.board.regulator, f"board_{kind}")
        return own + sum(getattr(part, kind) for part in self.parts("3V3", "3V3S", "3V3P"))

    def at_5v(self, kind: str, capped: bool) -> float:
        """What the supply gives: a linear regulator takes what it gives."""
        capped_parts, most_ma = self.plan.cap
        strong = [self.plan.parts[key] for key in capped_parts]
        rest = [part for part in self.parts("5V", "RING_5V") if part not in strong]
        wild = sum(getattr(part, kind) for part in strong)
        sums = min(wild, most_ma) if capped else wild
        return self.at_3v3(kind) + sums + sum(getattr(part, kind) for part in rest)

    def least_v(self) -> float:
        """What arrives at the board when all draw their most: the supply at its least, less
        the drop in its lead.
        """
        supply = self.plan.supply
        return supply.least_v - supply.lead_ohm * self.at_5v("peak_ma", capped=True) / 1000


@dataclass(frozen=True)
class Bus:
    """The pull-ups of one I2C bus, all in parallel."""

    plan: Plan
    name: str

    def ohm(self) -> float:
        """Of the breakouts and of our own resistors."""
        wire = f"{self.name}_sda"
        found = [p.pull_up_ohm for p in self.plan.parts.values() if wire in p.pins.values()]
        found += [_ohm(p.value) for p in self.plan.passives if wire in p.ends]
        return 1 / sum(1 / ohm for ohm in found if ohm)

    def sink_ma(self) -> float:
        """What a chip must hold to pull the line low."""
        return _HIGH_V / self.ohm() * 1000

    def rise_ns(self) -> float:
        """How long the line takes to rise."""
        return _RISE * self.ohm() * self.plan.buses[self.name] / 1000


def _ohm(value):
    number, unit = value.split()
    return float(number) * {"Ω": 1, "kΩ": 1000}[unit]
