"""The report of a night: one calm page and its images, for a tired person.

It shows what it is given and must never compute a sleep figure.
"""

from pathlib import Path

from sleepsync.night import Night
from sleepsync.report import page, poster, together_poster


def write_report(night: Night, folder: Path) -> tuple[Path, Path]:
    """Write `report.html` and `report.png` into `folder`, which is made if need be; give both.

    Beside them `room.png`, how the room and the night went together, if anybody slept.
    The same night gives the same bytes. Raises ValueError for an event that this
    version does not know, OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page_path, image_path = folder / "report.html", folder / "report.png"
    page_path.write_text(page.html(night), encoding="utf-8", newline="\n")
    poster.write_png(night, image_path)
    together_poster.write_png(night, folder / "room.png")
    return page_path, image_path
