"""What an update brings: a slot's archive and its manifest, built here or elsewhere.

It must never send a slot that was made for another puck than the one that answers.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sleepsync import boards
from sleepsync.build import SIMULATED, build
from sleepsync.build.archive import ARCHIVE
from sleepsync.build.slot import MANIFEST, SLOT, packed

from .errors import UpdateError

_X64 = 2  # the architecture of a desktop's `.mpy` files: a simulated puck's
_ARCHITECTURE_AT = 10  # of `sys.implementation._mpy`


@dataclass(frozen=True)
class Bundle:
    """The two files of a slot, as they come to lie on the puck's flash."""

    manifest: bytes
    archive: bytes

    @cached_property
    def told(self) -> dict[str, Any]:
        """What the manifest says."""
        told: dict[str, Any] = json.loads(self.manifest)
        return told

    @property
    def digest(self) -> str:
        """The SHA-256 of the manifest, in hex: what is on the puck is known by it."""
        return hashlib.sha256(self.manifest).hexdigest()


def read(folder: Path) -> Bundle:
    """The slot that lies in `folder`. UpdateError if there is none, or it is damaged."""
    try:
        found = Bundle((folder / MANIFEST).read_bytes(), (folder / ARCHIVE).read_bytes())
    except OSError as error:
        text = f"{folder}: has no {MANIFEST} and {ARCHIVE}; make build lays out build/*.vfs/{SLOT}"
        raise UpdateError(text) from error
    if found.told.get("archive") != hashlib.sha256(found.archive).hexdigest():
        raise UpdateError(f"{folder}: its archive is not its manifest's; fetch or build it again")
    return found


def check_back(state: dict[str, Any]) -> None:
    """UpdateError unless the other slot of a puck that tells this `state` holds a whole version."""
    if state["stage"] != "whole":
        raise UpdateError(
            f"puck: slot {state['to']} holds no version that ran before; name one with --slot"
        )


def for_puck(state: dict[str, Any], folder: Path | None) -> Bundle:
    """The update for a puck that tells this `state`: the slot in `folder`, or built now."""
    return read(folder) if folder else read(packed(_built(state)) / SLOT)


def _built(state):
    board = state["board"]
    if board not in boards.BOARDS:
        text = f"puck: it says that it is {board}, which hw/boards does not have; name --slot"
        raise UpdateError(text)
    if state["mpy"] >> _ARCHITECTURE_AT == _X64:
        return build(SIMULATED, board=board)
    return build(board)
