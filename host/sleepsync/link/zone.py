"""This desktop's time and zone, in the puck's terms.

It must never make up daylight saving: where no rule is found, the zone is today's offset and says
nothing of other seasons.
"""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from sleepsync.night import PUCK_EPOCH

_LOCALTIME = Path("/etc/localtime")
_ZONES = Path("/usr/share/zoneinfo")
_POSIX = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)[+-]?\d.*")
_MOST_BYTES = 63  # docs/settings.md


def local_s(now: datetime | None = None) -> int:
    """Local time in seconds since 2000-01-01."""
    return int(((now or datetime.now()).replace(tzinfo=None) - PUCK_EPOCH).total_seconds())


def posix_zone() -> str:
    """The rule of this desktop's zone as POSIX writes it in TZ."""
    said = os.environ.get("TZ", "").lstrip(":")
    if _POSIX.fullmatch(said):
        return said
    rule = _footer(_ZONES / said if said else _LOCALTIME)
    return rule if 0 < len(rule) <= _MOST_BYTES else _of_today()


def _footer(path):
    """The last line of a TZif file (RFC 9636, 3.3) is the rule that holds from now on."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return ""
    rule = lines[-1].decode(errors="replace") if lines else ""
    return rule if _POSIX.fullmatch(rule) else ""


def _of_today():
    """The offset alone; POSIX counts west of Greenwich."""
    offset = datetime.now().astimezone().utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign, west = ("-", "") if offset < timedelta() else ("+", "-")
    name, tail = (f"{minutes:02d}", f":{minutes:02d}") if minutes else ("", "")
    return f"<{sign}{hours:02d}{name}>{west}{hours}{tail}"
