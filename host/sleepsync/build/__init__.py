"""Turns the repository's sources into what a VM runs: one tree for each kind of VM."""

from .errors import BuildError, Refusal
from .trees import ROOT, TARGETS, build, code_bytes

__all__ = ["ROOT", "TARGETS", "BuildError", "Refusal", "build", "code_bytes"]
