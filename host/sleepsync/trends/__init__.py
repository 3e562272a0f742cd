"""Weeks of nights on one page with pictures, each figure with its spread.

Nothing is scored here: a night's figures are the firmware's, and of many nights there are medians
and quartiles. It must never draw a night that was not kept, nor hide one that could not be read.
"""

from collections.abc import Callable
from pathlib import Path

from sleepsync.trends import page
from sleepsync.trends.gathered import Gathered, gather

__all__ = ["Gathered", "gather", "write_trends"]


def write_trends(
    folder: Path, target: Path, progress: Callable[[int, int], None] = lambda _, __: None
) -> Gathered:
    """Read all journals under `folder`, write the page to `target`; what was found.

    `progress` hears nights read, and of how many. NightMissing if there is none with a date.
    """
    found = gather(folder, progress)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page.html(found), encoding="utf-8", newline="\n")
    return found
