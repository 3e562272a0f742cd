"""Files of one published data set, or one file, over HTTP, checked against known SHA-256 sums.

A file that is there under its own name has matched its sum. It must never follow a
redirect to another host, go from https to http, or try for ever.
"""

import hashlib
import re
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import IO, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sleepsync.data import DataDamaged, DataUnreachable

PHYSIONET = "https://physionet.org/files"
VARIABLE_ORIGIN = "SLEEPSYNC_PHYSIONET"  # another base URL: a mirror, or a test's server
SUMS = "SHA256SUMS.txt"

Progress = Callable[[str, int, int | None], None]

_TIMEOUT_S = 30.0  # without a byte
_PAUSES_S = (1.0, 4.0, 15.0)  # between attempts; then it is given up
_CHUNK_BYTES = 1 << 16
_MOST_BYTES = 1 << 30  # larger than any file of these sets: something else is being sent
_MOST_SUMS_BYTES = 4 << 20
_PASSING = (URLError, TimeoutError, ConnectionError, HTTPException)
_PASSING_STATUS = (408, 416, 425, 429, 500, 502, 503, 504)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REMEDIES = {
    404: "it has moved or was never there; look for it on its page (for data: docs/data.md)",
    403: "the origin refuses; try it in a browser, and later again",
}
_RETRY = "look at the network and run the same command again; what is complete is kept"

T = TypeVar("T")


class _Cut(ConnectionError):
    """The answer ended early, or does not fit what is there."""


class _SameHost(HTTPRedirectHandler):
    """Redirects stay on the host that was asked, and on https: the sums are trusted for it."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> Request | None:
        """The request to follow. Raises DataUnreachable if it would leave the host."""
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise DataUnreachable(
                f"{req.full_url}: redirected to {newurl}, which is not followed; "
                "if it has moved there and you trust that host, give its new address"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class Origin:
    """One version of a data set at `url`; `progress(path, bytes, bytes of all or None)`.

    `claim` is who says what a file's sum is.
    """

    def __init__(
        self,
        url: str,
        progress: Progress,
        pauses_s: tuple[float, ...] = _PAUSES_S,
        claim: str = SUMS,
    ) -> None:
        """Raises DataUnreachable unless `url` is https, or http on this computer."""
        parts = urlsplit(url)
        here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts.scheme != "https" and not here:
            raise DataUnreachable(f"{url}: not an https address; give one")
        self.url = url.rstrip("/")
        self._progress = progress
        self._pauses_s = pauses_s
        self._claim = claim

    def sums(self) -> dict[str, str]:
        """{path: SHA-256 in hex} of the set's files. Raises DataUnreachable, DataDamaged."""
        url = f"{self.url}/{SUMS}"
        text = self._persist(url, lambda: self._small(url)).decode("utf-8", "replace")
        lines = [line for line in text.splitlines() if line.strip()]
        found = [re.fullmatch(r"([0-9a-f]{64})\s+\*?(?:\./)?(.+)", line) for line in lines]
        if not lines or None in found:
            raise DataDamaged(f"{url}: not a list of SHA-256 sums; look at it in a browser")
        return {match[2]: match[1] for match in found if match}

    def fetch(self, path: str, sha256: str, to: Path) -> None:
        """Bring the file at `path` to `to`, unless it is there; `to` then has that sum.

        What was received before goes on where it stopped. Raises DataUnreachable if it
        cannot be had, DataDamaged if it is not what the sums say; then nothing is kept.
        """
        if to.is_file() and digest(to) == sha256:
            return
        part = to.with_name(to.name + ".part")
        to.parent.mkdir(parents=True, exist_ok=True)
        if not (part.is_file() and digest(part) == sha256):
            self._receive(path, sha256, part)
        part.replace(to)

    def _receive(self, path: str, sha256: str, part: Path) -> None:
        """Complete `part`; once more from its start if what was there before does not fit."""
        url = f"{self.url}/{quote(path)}"
        for resumed in (part.is_file(), False):
            self._persist(url, lambda: self._append(url, path, part))
            seen = digest(part)
            if seen == sha256:
                return
            part.unlink()
            if not resumed:
                break
        raise DataDamaged(
            f"{url}: SHA-256 is {seen}, but {self._claim} says {sha256}; nothing was kept. "
            "Run the same command again, or from another network"
        )

    def _append(self, url: str, path: str, part: Path) -> None:
        start = part.stat().st_size if part.is_file() else 0
        try:
            answer = _ask(url, start)
        except HTTPError as error:
            if error.code == 416:  # more is there than the file is long
                part.unlink(missing_ok=True)
            raise
        with answer:
            if not _continues(answer, start):
                start = 0
            with part.open("ab" if start else "wb") as out:
                self._copy(answer, out, path, start)

    def _copy(self, answer: HTTPResponse, out: IO[bytes], path: str, done: int) -> None:
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length and length.isdigit() else None
        while chunk := answer.read(_CHUNK_BYTES):
            out.write(chunk)
            done += len(chunk)
            self._progress(path, done, total)
            if done > _MOST_BYTES:
                raise DataUnreachable(f"{answer.url}: longer than {_MOST_BYTES} bytes; stopped")
        if total is not None and done < total:
            raise _Cut(f"ended after {done} of {total} bytes")

    def _small(self, url: str) -> bytes:
        with _ask(url, 0) as answer:
            length = int(answer.headers.get("Content-Length") or 0)
            data: bytes = answer.read(_MOST_SUMS_BYTES)
        if len(data) < min(length, _MOST_SUMS_BYTES):
            raise _Cut(f"ended after {len(data)} of {length} bytes")
        return data

    def _persist(self, url: str, attempt: Callable[[], T]) -> T:
        """What `attempt` gives, tried again after faults that may pass."""
        for pause_s in self._pauses_s:
            try:
                return attempt()
            except _PASSING as error:
                if not _may_pass(error):
                    raise _told(url, error) from error
                time.sleep(pause_s)
        try:
            return attempt()
        except _PASSING as error:
            raise _told(url, error) from error


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _ask(url: str, start: int) -> HTTPResponse:
    headers = {"User-Agent": "sleepsync", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    answer: HTTPResponse = build_opener(_SameHost).open(
        Request(url, headers=headers), timeout=_TIMEOUT_S
    )
    return answer


def _continues(answer: HTTPResponse, start: int) -> bool:
    """Whether the answer goes on at `start`; a server without ranges begins anew."""
    if answer.status != 206:
        return False
    if not (answer.headers.get("Content-Range") or "").startswith(f"bytes {start}-"):
        raise _Cut("another range than the one asked for")
    return True


def _may_pass(error: Exception) -> bool:
    return not isinstance(error, HTTPError) or error.code in _PASSING_STATUS


def _told(url: str, error: Exception) -> DataUnreachable:
    if isinstance(error, HTTPError):
        remedy = _REMEDIES.get(error.code, _RETRY)
        return DataUnreachable(f"{url}: HTTP {error.code} {error.reason}; {remedy}")
    reason = getattr(error, "reason", None) or error
    return DataUnreachable(f"{url}: {reason or type(error).__name__}; {_RETRY}")
