"""The tables of the hardware pages: wires, bill of materials, currents."""

from collections.abc import Iterable

from sleepsync.boards import Board

from .budget import RISE_NS, SINK_MA, Budget, Bus
from .parts import Plan

# Header pins that are no GPIO, by their print.
POWER = {"3V3": "3V3", "5V": "5V", "G": "GND", "GND": "GND"}


def joints(plan: Plan, net: str) -> list[str]:
    """Everything that is soldered to `net`, as "part PIN"."""
    at = [
        f"{part.title} {pin}"
        for part in plan.parts.values()
        for pin, wire in part.pins.items()
        if wire == net
    ]
    return at + [passive.name for passive in plan.passives if net in passive.ends]


def wiring_page(board: Board, plan: Plan) -> str:
    """The page that says every wire of `board` in words."""
    roles = {gpio: role for role, gpio in board.gpio.items()}
    pins = [
        (pin.side, pin.place, pin.label, roles[pin.gpio], "; ".join(joints(plan, roles[pin.gpio])))
        for pin in board.headers
        if pin.gpio in roles
    ]
    between = [net for group in plan.groups.values() for net in group.nets if net not in board.gpio]
    return "\n\n".join(
        [
            f"# Wires of the {board.name}",
            f"Written by a test from `hw/boards/{board.key}.toml` and `hw/parts.toml`, as is the "
            f"[picture]({board.key}.svg). Order: {board.order}. Headers as in: {board.source}; "
            "seen from above with USB downwards, counted from the top.",
            "## From the board",
            _table(("header", "pin", "print", "wire", "to"), pins),
            "## Supplies",
            _table(("rail", "where", "to"), _rails(board, plan)),
            "## Between parts",
            _table(("wire", "joins"), ((net, "; ".join(joints(plan, net))) for net in between)),
            "## Resistors, capacitors, fuse",
            _passives(plan) + "\n",
        ]
    )


def plug_table(plan: Plan) -> str:
    """The contacts of the plug that parts."""
    return _table(("contact", "wire"), plan.parts["plug"].pins.items())


def bill(plan: Plan) -> str:
    """What to buy, but for the board."""
    rows = [(p.title, p.order, _addresses(p.i2c)) for p in plan.parts.values()]
    small = [(f"{p.name}, {p.value}", p.order or "any", "") for p in plan.passives]
    return _table(("part", "order", "I2C"), [*rows, ("supply", plan.supply.order, ""), *small])


def currents_table(plan: Plan) -> str:
    """Every part's current, and where the figure comes from."""
    rows = [
        (part.title, _rail(plan, part), f"{part.typical_ma:g}", f"{part.peak_ma:g}", part.source)
        for part in plan.parts.values()
        if part.peak_ma
    ]
    return _table(("part", "supply", "typical, mA", "peak, mA", "source"), rows)


def sums_table(budgets: Iterable[Budget]) -> str:
    """The bounds, board by board."""
    rows = [(budget.board.name, *row) for budget in budgets for row in _sums(budget)]
    return _table(("board", "what", "is", "may be"), rows)


def buses_table(plan: Plan) -> str:
    """The pull-ups of both buses."""
    rows = [
        (name, f"{bus.ohm():.0f} Ω", f"{bus.sink_ma():.1f} mA", f"{bus.rise_ns():.0f} ns")
        for name in plan.buses
        for bus in [Bus(plan, name)]
    ]
    head = ("bus", "pull-ups together", f"sink (≤ {SINK_MA:.0f} mA)", f"rise (≤ {RISE_NS} ns)")
    return _table(head, rows)


def _sums(budget: Budget) -> list[tuple[str, str, str]]:
    """(what, is, may) of every bound that the puck's supply must keep."""
    regulator, supply = budget.board.regulator, budget.plan.supply
    capped, cap_ma = budget.plan.cap
    names = " and ".join(budget.plan.parts[key].title for key in capped)
    wild_ma = sum(budget.plan.parts[key].peak_ma for key in capped)
    all_ma, logic_ma = budget.at_5v("peak_ma", capped=True), budget.at_3v3("peak_ma")
    own = f"{regulator.board_typical_ma} mA, at most {regulator.board_peak_ma} mA"
    return [
        ("the board itself", own, "-"),
        ("typical, from the supply", f"{budget.at_5v('typical_ma', capped=True):.0f} mA", "-"),
        (f"{names}, uncapped", f"{wild_ma:.0f} mA", f"{cap_ma} mA: so they are capped"),
        ("all at once, those two capped", f"{all_ma:.0f} mA", f"{supply.most_ma} mA"),
        (f"3.3 V: {regulator.part}", f"{logic_ma:.0f} mA", f"{regulator.most_ma} mA"),
        ("what then arrives of 5 V", f"{budget.least_v():.2f} V", f">= {regulator.least_in_v} V"),
    ]


def _passives(plan):
    rows = (
        (p.name, p.value, " - ".join(p.ends), plan.parts[p.by].title, p.why) for p in plan.passives
    )
    return _table(("", "value", "between", "soldered at", "why"), rows)


def _rail(plan, part):
    """What feeds a part."""
    return next(net for net in part.pins.values() if net in plan.rails and net != "GND")


def _rails(board, plan):
    for rail in plan.rails:
        places = ", ".join(
            f"{pin.side} {pin.place}" for pin in board.headers if POWER.get(pin.label) == rail
        )
        yield rail, places or "-", "; ".join(joints(plan, rail))


def _addresses(numbers):
    return ", ".join(f"0x{number:02X}" for number in numbers)


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
