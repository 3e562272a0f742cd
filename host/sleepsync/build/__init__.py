"""Turns the repository's sources into what a VM runs: one tree for each kind of VM."""

from .budgets import ACT_BYTES, CODE_BYTES, CODE_BYTES_OF_ROOM, resident
from .errors import BuildError, Refusal
from .trees import ROOT, SIMULATED, TARGETS, build, code_bytes

__all__ = [
    "ACT_BYTES",
    "CODE_BYTES",
    "CODE_BYTES_OF_ROOM",
    "ROOT",
    "SIMULATED",
    "TARGETS",
    "BuildError",
    "Refusal",
    "build",
    "code_bytes",
    "resident",
]
