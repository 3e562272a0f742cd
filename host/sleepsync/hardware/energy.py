"""How long a puck would live on a cell: currents of datasheets, times what a night charged.

An estimate, nothing measured: each figure has a least, a usual and a most, and so has what comes of
them. It must never give one number alone.
"""

from dataclasses import dataclass

from sleepsync.boards import Board

from .parts import Plan

CELL_MAH = 3000
_CELL_V, _BOOST_V = 3.7, 5.0


@dataclass(frozen=True)
class Range:
    """Least, usual, most."""

    low: float
    usual: float
    high: float

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.usual + other.usual, self.high + other.high)

    def __mul__(self, factor: "Range | float") -> "Range":
        if not isinstance(factor, Range):
            factor = Range(factor, factor, factor)
        return Range(self.low * factor.low, self.usual * factor.usual, self.high * factor.high)


@dataclass(frozen=True)
class Item:
    """A current in mA, or a factor, and where it comes from."""

    ma: Range
    source: str


_S3 = "ESP32-S3 datasheet"

# MicroPython never lets the chip sleep lightly by itself (PM is built in, light sleep stays off):
# while every task waits, both cores stand in WAITI at 240 MHz.
ITEMS = {
    "idle": Item(
        Range(32.9, 40.0, 47.6),
        f"{_S3}, table 5-9: WAITI at 240 MHz, all peripherals' clocks off to all on",
    ),
    "busy": Item(
        Range(18.3, 25.0, 39.5),
        f"{_S3}, table 5-9: one core at work above WAITI, 32-bit to 128-bit data",
    ),
    "bytecode": Item(
        Range(1.0, 1.5, 3.0),
        "times the charged share: ordinary bytecode is not charged (docs/simulator.md)",
    ),
    "board": Item(
        Range(1.0, 12.0, 16.0), "DevKitC: USB bridge, light, regulator (from memory: check)"
    ),
    "radio": Item(
        Range(0.0, 30.0, 60.1),
        f"{_S3}, table 5-8: receiving takes 93 mA; MicroPython leaves the controller's modem sleep "
        "off, and how much of that stays on between events nobody here has measured",
    ),
    "advert": Item(
        Range(0.2, 0.3, 0.6),
        f"{_S3}, table 5-8: three times 0.4 ms at 176 to 193 mA and 0.3 ms at 93 mA, each second",
    ),
    "events": Item(
        Range(0.5, 1.5, 4.0), f"{_S3}, table 5-8: 1 ms of sending and receiving each 30 to 100 ms"
    ),
    "pulse": Item(
        Range(0.6, 1.5, 2.0), "MAX30102 without its LEDs: 0.6 mA; the module's page says 1.5 mA"
    ),
    "leds": Item(
        Range(0.16, 0.99, 3.29),
        "two LEDs of 1, 6 or 20 mA, lit 411 us of 5 ms (lib/max30102.py, hw/board.py)",
    ),
    "haptic": Item(
        Range(40.0, 75.0, 150.0),
        "at full level, driver and actuator (from memory: check)",
    ),
}
BOOST = Item(Range(0.80, 0.88, 0.93), "efficiency of a small step-up from 3.7 to 5 V, from memory")
USABLE = Item(
    Range(0.70, 0.85, 0.95), "of the cell's capacity: age, cold, and what a step-up cannot empty"
)


@dataclass(frozen=True)
class Duty:
    """What a stretch of time charged, as means over it.

    `busy`: share of the CPU (0-1). `ring_ma`, `amplifier_ma`: as emitted, from 5 V. `haptic`:
    level (0-1). `has_pod`: pulse and motion sensors at work. `radio`: "", "advert" or "events".
    """

    busy: float
    ring_ma: float = 0.0
    amplifier_ma: float = 0.0
    haptic: float = 0.0
    has_pod: bool = True
    radio: str = ""


def at_3v3_ma(duty: Duty, plan: Plan) -> Range:
    """What the regulator gives; being linear, it takes as much from 5 V."""
    busy = ITEMS["busy"].ma * ITEMS["bytecode"].ma * duty.busy
    total = ITEMS["idle"].ma + ITEMS["board"].ma + busy + _resting(plan)
    if duty.has_pod:
        total += ITEMS["pulse"].ma + ITEMS["leds"].ma + _part(plan, "motion")
    if duty.radio:
        total += ITEMS["radio"].ma + ITEMS[duty.radio].ma
    return total + ITEMS["haptic"].ma * duty.haptic


def at_5v_ma(duty: Duty, plan: Plan) -> Range:
    """What the supply gives. Ring and amplifier are within a quarter of what is reckoned."""
    around = Range(0.75, 1.0, 1.25)
    return at_3v3_ma(duty, plan) + around * (duty.ring_ma + duty.amplifier_ma)


def hours(duty: Duty, plan: Plan, mah: float = CELL_MAH) -> Range:
    """How long a cell of `mah` at 3.7 V lasts behind a step-up to 5 V: least, usual, most."""
    supply = at_5v_ma(duty, plan)
    kept, boost = USABLE.ma, BOOST.ma
    mwh = mah * _CELL_V

    def of(usable: float, efficiency: float, ma: float) -> float:
        return mwh * usable * efficiency / (_BOOST_V * ma)

    return Range(
        of(kept.low, boost.low, supply.high),
        of(kept.usual, boost.usual, supply.usual),
        of(kept.high, boost.high, supply.low),
    )


def is_within(board: Board, duty: Duty, plan: Plan) -> bool:
    """Whether the most that is reckoned is below the most that the budget allows the board."""
    return at_3v3_ma(duty, plan).high <= board.regulator.most_ma


def _resting(plan: Plan) -> Range:
    """Microphone, climate, light, clock and haptic driver at rest, at their typical currents."""
    parts = [plan.parts[name] for name in ("microphone", "climate", "light", "clock", "haptic")]
    usual = sum(part.typical_ma for part in parts)
    return Range(usual * 0.7, usual, usual * 1.5)


def _part(plan: Plan, name: str) -> Range:
    part = plan.parts[name]
    return Range(part.typical_ma, part.typical_ma, part.peak_ma)
