"""The hardware pages: tables and pictures made from the files of boards and parts."""

from .budget import RISE_NS, SINK_MA, Budget, Bus
from .parts import Plan, load_plan
from .picture import picture
from .tables import (
    bill,
    buses_table,
    currents_table,
    joints,
    plug_table,
    sums_table,
    wiring_page,
)

__all__ = [
    "RISE_NS",
    "SINK_MA",
    "Budget",
    "Bus",
    "Plan",
    "bill",
    "buses_table",
    "currents_table",
    "joints",
    "load_plan",
    "picture",
    "plug_table",
    "sums_table",
    "wiring_page",
]
