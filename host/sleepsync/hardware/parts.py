"""The parts of a puck and its wires, as `hw/parts.toml` has them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sleepsync.boards import HW


@dataclass(frozen=True)
class Part:
    """A part to buy. `pins`: {its print: net}. Currents in mA at its own supply, 0 if none."""

    key: str
    title: str
    order: str
    column: str  # parts of one column stand together in the picture
    pins: dict[str, str]
    through: bool = False  # a plug: what goes in comes out at its other side
    typical_ma: float = 0
    peak_ma: float = 0
    i2c: tuple[int, ...] = ()
    pull_up_ohm: int = 0  # that its breakout has on its bus
    source: str = ""


@dataclass(frozen=True)
class Passive:
    """A resistor (R), capacitor (C) or fuse (F) between two nets, soldered at part `by`."""

    name: str
    value: str
    by: str
    ends: tuple[str, str]
    why: str
    order: str = ""


@dataclass(frozen=True)
class Group:
    """Nets that belong together, and their colour."""

    title: str
    colour: str
    nets: tuple[str, ...]


@dataclass(frozen=True)
class Supply:
    """What feeds it all. `lead_ohm`: there and back."""

    order: str
    most_ma: int
    least_v: float
    lead_ohm: float


@dataclass(frozen=True)
class Plan:
    """All of it. `cap`: (parts, the most that they may draw together); `buses`: {name: pF}."""

    rails: dict[str, str]
    groups: dict[str, Group]
    supply: Supply
    cap: tuple[tuple[str, ...], int]
    buses: dict[str, int]
    parts: dict[str, Part]
    passives: tuple[Passive, ...]

    def colour(self, net: str) -> str:
        """The colour of a rail or wire. KeyError for a net of no group."""
        if net in self.rails:
            return self.rails[net]
        return self.groups[self.group(net)].colour

    def group(self, net: str) -> str:
        """The group of a wire. KeyError if it has none."""
        for key, group in self.groups.items():
            if net in group.nets:
                return key
        raise KeyError(net)


def load_plan(hw: Path = HW) -> Plan:
    """The plan of `hw`/parts.toml."""
    table = tomllib.loads((hw / "parts.toml").read_text())
    return Plan(
        rails=table["rails"],
        groups={
            key: Group(row["title"], row["colour"], tuple(row["nets"]))
            for key, row in table["groups"].items()
        },
        supply=Supply(**table["supply"]),
        cap=(tuple(table["cap"]["parts"]), table["cap"]["most_ma"]),
        buses={key: row["pf"] for key, row in table["buses"].items()},
        parts={
            key: Part(key=key, i2c=tuple(row.pop("i2c", ())), **row)
            for key, row in table["parts"].items()
        },
        passives=tuple(Passive(ends=tuple(row.pop("ends")), **row) for row in table["passives"]),
    )
