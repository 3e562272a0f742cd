"""The hardware pages: tables and pictures made from the files of boards and parts."""

from .budget import Budget, Bus
from .parts import Plan, load_plan
from .picture import picture
from .tables import bill, currents, joints, passives_table, wiring_page

__all__ = [
    "Budget",
    "Bus",
    "Plan",
    "bill",
    "currents",
    "joints",
    "load_plan",
    "passives_table",
    "picture",
    "wiring_page",
]
