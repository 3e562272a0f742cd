"""How full the puck is: bytes of each room and file system against their budgets.

`make build` shows it and fails past any budget. It must never look away from one.
"""

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from sleepsync.build import CODE_BYTES, CODE_BYTES_OF_ROOM, BuildError, code_bytes, resident
from sleepsync.build.slot import SLOT, packed

from .flash_map import FlashMap
from .images import bytes_used


@dataclass(frozen=True)
class Fill:
    """What something takes of its budget, in bytes; `remedy` if that is too much."""

    name: str
    used: int
    budget: int
    remedy: str

    @property
    def over(self) -> int:
        """Bytes past the budget, or 0."""
        return max(0, self.used - self.budget)


_SMALLER = "make its code smaller, or load what runs once for its moment only"
_SHORTER = "make the application smaller: all its files lie in one archive"
_FEWER = "make it smaller, or of fewer files: each takes whole blocks of 4 KiB"
_MAP = "give it more room in hw/flash_map.toml"


def fills(tree: Path, which: FlashMap) -> list[Fill]:
    """Every budget that the built `tree` of a board is measured against, code first."""
    sizes = code_bytes(tree)
    rooms = [
        Fill(f"code of {room}", sizes[room], budget, _SMALLER)
        for room, budget in CODE_BYTES_OF_ROOM.items()
    ]
    code = Fill("code, resident", resident(sizes), CODE_BYTES, _SMALLER)
    return [*rooms, code, *_flash(packed(tree), which)]


def _flash(tree, which):
    vfs, data = (which.partitions[name] for name in which.promised)
    slot = bytes_used(tree / SLOT, which.flash_bytes)  # so that what does not fit is counted, too
    first = bytes_used(tree, which.flash_bytes) - slot
    return [
        Fill("slot on vfs", slot, which.slot_bytes, _SHORTER),
        Fill("vfs beside its slots", first, which.first_bytes, _FEWER),
        Fill("vfs, its slots full", which.promised["vfs"], which.room(vfs), _MAP),
        Fill("data, its nights and clips full", which.promised["data"], which.room(data), _MAP),
        Fill(
            "flash, all partitions",
            max(p.end for p in which.partitions.values()),
            which.flash_bytes,
            _MAP,
        ),
    ]


def check(all_fills: list[Fill]) -> None:
    """Raise BuildError that names every budget that is passed, by how much, and a remedy."""
    past = [fill for fill in all_fills if fill.over]
    if past:
        raise BuildError(
            "\n".join(
                f"{fill.name}: {fill.used} bytes, {fill.over} past the budget of {fill.budget}; "
                f"{fill.remedy}"
                for fill in past
            )
        )


def table(all_fills: list[Fill]) -> Table:
    """The same for the terminal; what is past its budget in red."""
    shown = Table("", "bytes", "budget", "free", box=None, header_style="dim")
    for column in shown.columns[1:]:
        column.justify = "right"
    for fill in all_fills:
        style = "red" if fill.over else None
        free = fill.budget - fill.used
        shown.add_row(fill.name, *(f"{n:,}" for n in (fill.used, fill.budget, free)), style=style)
    return shown
