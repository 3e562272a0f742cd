"""An update over USB: by the puck's console while its night runs, then by MicroPython's raw REPL.

The night is not interrupted before the puck has said that an update may begin. What is sent, the
puck's own firmware writes and verifies (firmware/update/slots.py); this must never write a file
of the puck by itself.
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial import Serial, SerialException

from .bundle import Bundle
from .errors import UpdateError

Progress = Callable[[str, int, int], None]  # what is done, bytes done, of how many

_BAUD = 115200
_PIECE_BYTES = 2048
_PROMPTS = (b"puck> ", b">>> ")
_PROMPT_S = 20.0  # a puck that starts looks for its parts first
_ANSWER_S = 10.0
_VERIFY_S = 120.0
_TRIAL_S = 240.0  # half a minute of proof, a second look at parts, a watchdog, three starts
_KNOCK_S = 0.5
_IMPORT, _WORD = b"import puck\r", b"puck.update()\r"
_SLOTS = "from firmware.update import slots; _s = slots.of_prompt(); import json, binascii"
_FLASH = "make flash COPY=1 brings the application onto it anew"


def ask(port: str) -> str:
    """Why an update may not begin now, or "". Nothing is interrupted."""
    with _opened(port) as line:
        said = _spoken(line)
    for text in said:
        if text.startswith("not now: "):
            return text.removeprefix("not now: ")
        if "AttributeError" in text or "ImportError" in text:
            raise UpdateError(f"puck: it is too old to be updated; {_FLASH}")
    if "an update may begin" not in said:
        last = said[-1] if said else "nothing"
        raise UpdateError(f"{port}: the puck says {last!r}; wait until its night runs, try again")
    return ""


class Cable:
    """The puck at the end of a cable, its night interrupted. A context manager: in the end it
    starts anew, unless `attempt` has seen to that.
    """

    def __init__(self, port: str) -> None:
        self._port = port
        self._has_started = False

    def __enter__(self) -> "Cable":
        try:
            self._transport = SerialTransport(self._port, baudrate=_BAUD)
            self._transport.enter_raw_repl(soft_reset=False)
            self._do(_SLOTS)
        except (TransportError, OSError) as error:
            raise UpdateError(f"{self._port}: {error}; look at the cable, try again") from error
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(TransportError, SerialException, OSError):
            if not self._has_started:
                self._transport.exec_raw_no_follow("import machine; machine.reset()")
            self._transport.close()

    def state(self) -> dict[str, Any]:
        """As firmware/update/slots.py tells it."""
        told: dict[str, Any] = json.loads(self._do("print(json.dumps(_s.state()))"))
        return told

    def write(self, bundle: Bundle, progress: Progress) -> None:
        """Bring what is missing of `bundle` onto the puck."""
        state = self.state()
        if state["manifest"] != bundle.digest or state["stage"] not in ("accepted", "whole"):
            self._send("manifest.json", bundle.manifest, 0, progress)
            self._do(f"_s.accept({bundle.digest!r})")
            state = self.state()
        if state["stage"] == "accepted":
            self._send("application.archive", bundle.archive, state["bytes"], progress)

    def verify(self, progress: Progress) -> None:
        """Have the puck read back what lies in the slot that does not run."""
        progress("read back", 0, 0)
        self._do("for _ in _s.verify(): pass", _VERIFY_S)

    def attempt(self) -> Iterator[str]:
        """Start the new slot on trial; what the puck says, line by line, until the outcome."""
        self._do_without_answer("_s.attempt()")
        self._has_started = True
        yield from _trial(self._transport.serial, self._port)

    def _send(self, name, data, offset, progress):
        offset = offset if offset <= len(data) else 0
        while offset < len(data):
            progress(name, offset, len(data))
            piece = b64encode(data[offset : offset + _PIECE_BYTES]).decode()
            done = self._do(f"print(_s.write({name!r}, {offset}, binascii.a2b_base64({piece!r})))")
            offset = int(done)
        progress(name, offset, len(data))

    def _do(self, line, patience_s=_ANSWER_S):
        try:
            said, error = self._transport.exec_raw(line, timeout=patience_s)
        except TransportError as lost:
            text = f"{self._port}: {lost}; look at the cable, and update again: it goes on there"
            raise UpdateError(text) from lost
        if error:
            raise UpdateError(_refusal(error.decode(errors="replace")))
        return said.decode()

    def _do_without_answer(self, line):
        """It restarts; but a refusal comes at once."""
        try:
            self._do(line, patience_s=2.0)
        except UpdateError as error:
            if "timeout" not in str(error):
                raise


def _refusal(traceback):
    last = traceback.strip().splitlines()[-1]
    kind, _, text = last.partition(": ")
    if kind == "ValueError":
        return f"puck: {text}"
    if kind in ("ImportError", "AttributeError", "NameError"):
        return f"puck: what runs there cannot be updated ({last}); {_FLASH}"
    return f"puck: {last}; update again"


def _trial(line, port):
    """Lines of the puck until it has said how the trial has ended."""
    deadline = time.monotonic() + _TRIAL_S
    line.timeout = 1
    while time.monotonic() < deadline:
        try:
            text = line.readline().decode(errors="replace").strip()
        except (OSError, SerialException, TypeError):  # a chip's own USB goes while it restarts
            line = _again(port, deadline)
            continue
        if text:
            yield text
        if "kept: " in text or "taken back: " in text:
            return
    raise UpdateError("puck: no outcome yet; puck.update() at its console tells it later")


def _again(port, deadline):
    while time.monotonic() < deadline:
        with suppress(OSError, SerialException):
            return Serial(port, _BAUD, timeout=1)
        time.sleep(_KNOCK_S)
    raise UpdateError(f"{port}: has not come back; look at the cable, then type puck.update()")


@contextmanager
def _opened(port):
    try:
        with Serial(port, _BAUD, timeout=_KNOCK_S) as line:
            yield line
    except SerialException as error:
        raise UpdateError(f"{port}: {error}; look whether it is plugged in") from error


def _spoken(line):
    """The lines that the word about updates prints, at whatever prompt there is."""
    _until_prompt(line, b"\r", _PROMPT_S, again=True)
    said = _until_prompt(line, _IMPORT, _ANSWER_S) + _until_prompt(line, _WORD, _ANSWER_S)
    return [text.strip() for text in said.decode(errors="replace").splitlines()[1:]]


def _until_prompt(line, keys, patience_s, again=False):
    """What is said up to the next prompt. UpdateError if none comes."""
    said, deadline = b"", time.monotonic() + patience_s
    line.write(keys)
    while time.monotonic() < deadline:
        got = line.read(1) + line.read(line.in_waiting)
        said += got
        if not got and said.endswith(_PROMPTS):
            return said
        if not got and again:
            line.write(keys)
    raise UpdateError(
        f"{line.port}: nobody answers there; wait until the night runs, or press EN on the board"
    )
