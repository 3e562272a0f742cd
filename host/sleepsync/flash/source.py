"""Where a MicroPython image comes from: a file, or an https address; its SHA-256 is checked.

What was fetched is kept in the user's cache by its sum. It must never give out bytes whose
sum nobody has named.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from sleepsync.data import DataDamaged, DataUnreachable
from sleepsync.fetch.origin import Origin

from .errors import FlashError

Progress = Callable[[str, int, int | None], None]


def read_image(where: str, sha256: str, progress: Progress) -> bytes:
    """The bytes at `where`, a path or a URL, if their SHA-256 in hex is `sha256`.

    `progress(name, bytes, bytes of all or None)` hears of a download. Raises FlashError.
    """
    sha256 = sha256.strip().lower()
    path = _fetched(where, sha256, progress) if "://" in where else Path(where).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FlashError(f"image: {where} cannot be read ({error.strerror}); look there") from error
    seen = hashlib.sha256(data).hexdigest()
    if not sha256:
        raise FlashError(
            f"image: {where} has SHA-256 {seen}; compare that with what its source says, "
            f"then add SHA256={seen}"
        )
    if seen != sha256:
        raise FlashError(
            f"image: {where} has SHA-256 {seen}, not {sha256}; fetch it again, or correct the sum"
        )
    return data


def _fetched(url, sha256, progress):
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise FlashError(
            f"image: {url} is fetched only with its SHA-256 in hex; add SHA256=... "
            "as its source says, or fetch it yourself and give the file"
        )
    to = _cache() / f"{sha256}.bin"
    folder, _, name = url.rpartition("/")
    try:
        Origin(folder, progress, claim="SHA256").fetch(name, sha256, to)
    except (DataUnreachable, DataDamaged) as error:
        raise FlashError(f"image: {error}") from error
    except OSError as error:
        raise FlashError(f"image: cannot be kept in {to.parent} ({error}); make room") from error
    return to


def _cache():
    """The user's cache, as the XDG base directory specification has it."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sleepsync"
