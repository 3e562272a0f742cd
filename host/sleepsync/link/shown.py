"""What the puck has said, as a person reads it in the terminal.

It must never compute a figure of sleep, and never show a number where nothing is known.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from rich.markup import escape
from rich.table import Table

from sleepsync.night import PUCK_EPOCH
from sleepsync.paths import records

from .gatt import Beat
from .values import Setting, shown

NOTHING = "-"
_HIDDEN = ("puck", "none")
_OWN = "this desktop"


def status_rows(said: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, how it is) of a puck."""
    missing = [str(part) for part in said.get("missing", [])]
    rows = [
        ("board", f"{said.get('board', NOTHING)}, version {said.get('version', NOTHING)}"),
        ("time", f"{moment(said.get('wall_s', 0))}, zone {said.get('zone', NOTHING)}"),
        ("up", str(timedelta(seconds=said.get("up_s", 0)))),
        ("night", f"{said.get('night', NOTHING)}, epoch {said.get('epoch', NOTHING)}"),
        ("stage", stage(said.get("stage", records.UNKNOWN))),
        ("heart rate", rate(said.get("rate_bpm", 0))),
        ("parts missing", ", ".join(missing) or "none"),
        ("free for nights", f"{said.get('free_bytes', 0) // 1024:,} KiB"),
        ("pairing", "open: its window is still open" if said.get("pairable") else "closed"),
    ]
    return rows


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """A plain table of texts."""
    headings = list(headings)
    found = Table(box=None, pad_edge=False, header_style="dim", show_header=any(headings))
    for heading in headings:
        found.add_column(heading, overflow="fold")
    for row in rows:
        found.add_row(*(escape(str(cell)) for cell in row))
    return found


def settings_table(rows: Iterable[Setting]) -> Table:
    """All settings, as people say them."""
    head = "name", "value", "takes", "meaning"
    return table(head, ((its.name, shown(its), _takes(its), its.meaning) for its in rows))


def epoch_line(epoch: Any) -> str:
    """One 30 s of the sleeper and the room."""
    flags, words = epoch.flags, [f"epoch {epoch.index}"]
    rate_bpm = epoch.rate_dbpm / 10
    words.append(f"heart {rate_bpm:.0f} /min" if rate_bpm else f"heart {NOTHING}")
    if epoch.breaths_dpm:
        words.append(f"breath {epoch.breaths_dpm / 10:.0f} /min")
    words.append(f"quality {epoch.quality} %, activity {epoch.counts}")
    if not flags & records.NO_LIGHT:
        words.append(f"{epoch.light_mlx / 1000:.1f} lx")
    if not flags & records.NO_CLIMATE:
        words.append(f"{epoch.temperature_cdeg / 100:.1f} °C, {epoch.humidity_pct} %")
    if not flags & records.NO_SOUND:
        words.append(f"{epoch.level_ddb / 10:.0f} dBA")
    if flags & records.OFF_BODY:
        words.append("not worn")
    return "; ".join(words)


def record_line(row: Any) -> str | None:
    """A record that comes, in one line; None if nobody needs to see it."""
    match row:
        case records.EPOCH.tuple():
            return epoch_line(row)
        case records.SCORE.tuple():
            return f"epoch {row.index} was {stage(row.stage)}"
        case records.EVENT.tuple():
            return _event_line(row)
    return None


def beat_line(beat: Beat, scored: int) -> str:
    """The heart as it is now, and the latest stage."""
    worn = ", not worn" if beat.is_worn is False else ""
    return f"heart {rate(beat.rate_bpm)}{worn}; stage {stage(scored)}"


def bond_row(row: tuple[int, int, bool]) -> tuple[int, str, str]:
    """Who is paired: number, as the puck's own console has it, since when (0 unknown), and whether
    it is who asks.
    """
    index, since_s, is_own = row
    return index + 1, f"{_at(since_s):%Y-%m-%d %H:%M}" if since_s else NOTHING, _OWN * is_own


def stage(number: int) -> str:
    """The name of a stage."""
    return records.STAGES[number] if 0 <= number < len(records.STAGES) else NOTHING


def rate(rate_bpm: float) -> str:
    """A heart rate."""
    return f"{rate_bpm:.0f} /min" if rate_bpm else NOTHING


def moment(wall_s: int) -> str:
    """Local time as the puck has it; 0 is that it does not know."""
    if not wall_s:
        return "unknown; sleepsync time --set sets it"
    return f"{_at(wall_s):%Y-%m-%d %H:%M:%S}"


def off_by(wall_s: int, local_s: int) -> str:
    """How far the puck's clock is from this desktop's."""
    off_s = wall_s - local_s
    if abs(off_s) <= 1:
        return "as here"
    return f"{timedelta(seconds=abs(off_s))} {'ahead of' if off_s > 0 else 'behind'} this desktop"


def _at(wall_s: int) -> datetime:
    return PUCK_EPOCH + timedelta(seconds=wall_s)


def _event_line(event):
    kind = records.EVENTS[event.kind] if event.kind < len(records.EVENTS) else str(event.kind)
    part = records.PARTS[event.part] if event.part < len(records.PARTS) else ""
    words = [kind.replace("_", " ")]
    words += [part] if part not in _HIDDEN else []
    if event.kind == records.GESTURE and event.value < len(records.GESTURES):
        words.append(records.GESTURES[event.value])
    elif event.value:
        words.append(str(event.value))
    return " ".join(words)


def _takes(its):
    if isinstance(its.value, str):
        return f"{its.unit}, up to {its.most} bytes"
    if its.unit == "packed":
        return "'07:00 weekdays', off"
    if its.unit == "min after 0:00":
        return "22:30, never"
    return f"{its.least} to {its.most} {its.unit}"
