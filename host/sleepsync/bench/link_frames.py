"""Peers that mean harm, against the whole puck: floods, half-frames, storms, and an honest owner.

Frames are made here, by the page docs/link.md alone, and delivered in the VM as the stack's events
(hw/sim/attack.py). No request that would change something is ever made right, so all that people
have set must be there afterwards, as it was. The honest owner asks all the while.
"""

import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sleepsync.simulate import run_puck
from sleepsync.world import generate, write_world

FRAMES = 200_000
AT_ONCE_MS = 250  # an answer comes within so much, whatever else goes on

WAIT, CAME, LEFT, MTU, SECURED, PASSKEY, REQUEST, TIME, ELSEWHERE, PRESS, NOTE = range(11)
HONEST, BROKEN, STRANGER = range(3)  # connections, the latter two now a peer, now another
OWNERS = b"\x01honest", b"\x01broken"
SAFE = 1, 1, 1, 16
STATUS, _SETTINGS, _TIME_NOW, _SCENES, _LIST, READ, _SUM, _BONDS = 1, 2, 4, 6, 9, 10, 11, 15
_SENT_AT = struct.Struct("<IBH")
_FIRST, _LAST, _COUNT = 0x80, 0x40, 0x3F
_MOST_BYTES = 514
_WARM = 1500  # frames before all is measured
_EVERY = 50  # frames, then the honest owner asks
_GESTURES_EVERY = 4000  # and a hand opens the window for pairing
_A_MOMENT_MS = 12  # on average, between two handfuls of frames
_HOURS_A_FRAME = 6e-6
_HOURS = 0.05  # for the start, and the end


@dataclass
class Outcome:
    """What `attack` found. `unanswered`: the honest owner's requests that got no right answer in
    time; `console`: what the puck printed; `before`, `after`: hw/sim/attack.py.
    """

    frames: int
    asked: int
    unanswered: list[int] = field(default_factory=list)
    slowest_ms: int = 0
    console: list[str] = field(default_factory=list)
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    hears: bool = False  # the stack's events still reach the firmware
    statuses: set[int] = field(default_factory=set)  # of the answers to those that mean harm

    @property
    def escaped(self) -> list[str]:
        """The lines that tell of an exception, or of a task that died."""
        words = ("Traceback", "Error", "exception", "died", "anew")
        return [line for line in self.console if any(word in line for word in words)]

    @property
    def grown_bytes(self) -> int:
        """By how much the heap has grown, of 64-bit objects."""
        return self.after["alive_bytes"] - self.before["alive_bytes"]

    @property
    def changed(self) -> list[str]:
        """What is not as it was, of what people have set."""
        kept = ("settings", "bonds", "clock_sets", "faults")
        return [name for name in kept if self.before[name] != self.after[name]]


def attack(folder: Path, frames: int = FRAMES, seed: int = 1) -> Outcome:
    """Send `frames` frames and events at the puck of a new night in `folder`."""
    plan = Plan(seed)
    (folder / "attack.bin").write_bytes(b"".join(plan.rows(frames)))
    write_world(generate(seed, hours=_HOURS + frames * _HOURS_A_FRAME), folder)
    outcome = Outcome(frames, len(plan.asked))
    figures = run_puck(folder, say=outcome.console.append, taps="alive,attack")
    assert figures["ended"] == "stopped", figures
    told = json.loads((folder / "attack.json").read_text())
    outcome.before, outcome.after = told["notes"]
    outcome.hears = told["hears"]
    log = (folder / "attacked.bin").read_bytes()
    outcome.statuses = {whole[3] for _, whole in messages(log, BROKEN)}
    _judge(outcome, plan.asked, answers(log))
    return outcome


def _judge(outcome, asked, answered):
    for number, asked_ms in asked.items():
        at_ms = answered.get(number)
        if at_ms is None or at_ms - asked_ms > AT_ONCE_MS:
            outcome.unanswered.append(number)
        if at_ms is not None:
            outcome.slowest_ms = max(outcome.slowest_ms, at_ms - asked_ms)


def answers(log: bytes) -> dict[int, int]:
    """{id: ms} of each right answer to the honest owner."""
    found = {}
    for ms, whole in messages(log, HONEST):
        if whole[3] == 0:
            found[struct.unpack_from("<H", whole, 1)[0]] = ms
    return found


def messages(log: bytes, peer: int) -> Iterator[tuple[int, bytes]]:
    """(ms of its end, message) of each that went out whole to a peer, without its sum."""
    at, found = 0, b""
    while at < len(log):
        ms, whose, length = _SENT_AT.unpack_from(log, at)
        at += _SENT_AT.size + length
        fragment = log[at - length : at]
        if whose == peer and length:
            found = fragment[1:] if fragment[0] & _FIRST else found + fragment[1:]
            if fragment[0] & _LAST and is_whole(found):
                yield ms, found[:-4]


def is_whole(message: bytes) -> bool:
    """Whether that is an answer of this version, with its right sum."""
    body, total = message[:-4], message[-4:]
    return len(body) >= 4 and body[0] == 1 and zlib.crc32(body).to_bytes(4, "little") == total


def message(ident: int, code: int, body: bytes, version: int = 1) -> bytes:
    """A request as docs/link.md has it."""
    whole = struct.pack("<BHB", version, ident, code) + body
    return whole + zlib.crc32(whole).to_bytes(4, "little")


def fragments(whole: bytes, size: int) -> list[bytes]:
    """It in fragments of at most `size` bytes."""
    pieces = [whole[at : at + size - 1] for at in range(0, len(whole), size - 1)] or [b""]
    heads = [i & _COUNT for i in range(len(pieces))]
    heads[0] |= _FIRST
    heads[-1] |= _LAST
    return [bytes((head,)) + piece for head, piece in zip(heads, pieces, strict=True)]


class Plan:
    """The rows of attack.bin, by a seed. `asked`: {id: ms} of what the honest owner asked."""

    def __init__(self, seed: int):
        self.asked: dict[int, int] = {}
        self._rng = random.Random(seed)
        self._ms = 4000  # when it begins
        self._frames = 0
        self._kinds: list[tuple[int, Callable[[], Iterator[bytes]]]] = [
            (30, self._noise),
            (30, self._mutated),
            (12, self._wrong),
            (10, self._harmless),
            (6, self._half),
            (2, self._too_long),
            (6, self._flood),
            (6, self._events),
            (5, self._vanish),
            (4, self._wrong_time),
            (3, self._elsewhere),
        ]

    def rows(self, frames: int) -> Iterator[bytes]:
        """Until so many frames and events have been sent."""
        yield from self._arrive(HONEST, OWNERS[0], is_owner=True)
        yield from self._wait(2000)
        yield from self._gesture()
        while self._frames < _WARM:  # what is loaded on first use is not what grows
            yield from self._handful()
        yield from self._calm()
        yield row(NOTE, 0)
        yield from self._ask()
        self._frames = 0
        next_ask, next_gesture = _EVERY, _GESTURES_EVERY // 2
        while self._frames < frames:
            yield from self._handful()
            if self._frames >= next_gesture:
                next_gesture += _GESTURES_EVERY
                yield from self._gesture()
            if self._frames >= next_ask:
                next_ask = self._frames + _EVERY
                yield from self._ask()
        yield from self._calm()
        yield from self._ask()
        yield row(NOTE, 0)
        yield from self._wait(2000)

    # -- what there is

    def _handful(self):
        """One kind of mischief, then a moment."""
        weights, makers = zip(*self._kinds, strict=True)
        peer = self._rng.choice((BROKEN, BROKEN, STRANGER))
        yield from self._arrive(peer, self._address(peer), peer == BROKEN)
        yield from self._rng.choices(makers, weights)[0]()
        yield from self._wait(self._rng.randint(1, 2 * _A_MOMENT_MS))

    def _address(self, peer):
        return OWNERS[1] if peer == BROKEN else b"\x01" + self._rng.randbytes(6)

    def _arrive(self, peer, address, is_owner):
        yield self._event(CAME, peer, address)
        yield self._event(MTU, peer, struct.pack("<I", self._rng.choice((23, 185, 247, 517))))
        if is_owner:
            yield self._event(SECURED, peer, struct.pack("<4I", *SAFE))

    def _ask(self):
        """The honest owner wants to know something: mostly when the flood of a moment ago is over,
        and sometimes in the midst of one.
        """
        if self._rng.random() < 0.7:
            yield from self._wait(40)
        else:
            yield from self._arrive(BROKEN, OWNERS[1], is_owner=True)
            yield from self._wait(40)
            yield from self._flood(BROKEN)
        number = len(self.asked) + 1
        self.asked[number] = self._ms
        for piece in fragments(message(number, *self._question()), 100):
            yield row(REQUEST, HONEST, piece)
        yield from self._wait(AT_ONCE_MS + 20)

    def _question(self):
        code = self._rng.choice((STATUS, STATUS, _TIME_NOW, _SETTINGS, _BONDS))
        return code, b""

    def _calm(self):
        """All have gone but the honest one."""
        for peer in (BROKEN, STRANGER):
            yield self._event(LEFT, peer)
        yield from self._wait(1500)

    def _gesture(self):
        for _ in range(3):
            yield row(PRESS, 0, struct.pack("<H", 1000))
            yield from self._wait(1500)

    # -- each kind of mischief

    def _noise(self):
        for _ in range(self._rng.randint(1, 6)):
            yield self._frame(self._rng.randbytes(self._rng.choice((0, 1, 2, 5, 20, 100, 514))))

    def _mutated(self):
        pieces = self._pieces(self._some_request())
        for _ in range(self._rng.randint(1, 3)):
            self._mutate(pieces)
        for piece in pieces[:8]:
            yield self._frame(piece)

    def _mutate(self, pieces):
        rng = self._rng
        at = rng.randrange(len(pieces))
        piece = bytearray(pieces[at])
        match rng.randrange(5):
            case 0:
                piece[rng.randrange(len(piece))] ^= 1 << rng.randrange(8)
                pieces[at] = bytes(piece)
            case 1:
                pieces[at] = bytes(piece[: rng.randrange(1, len(piece) + 1)]) + rng.randbytes(1)
            case 2:
                pieces.insert(at, bytes(piece))
            case 3:
                rng.shuffle(pieces)
                pieces[0] = bytes((pieces[0][0] ^ _FIRST,)) + pieces[0][1:]
            case 4:
                pieces[at] = bytes(piece) + rng.randbytes(rng.randrange(1, 40))

    def _wrong(self):
        """Whole, with the right sum, and not to be done."""
        rng = self._rng
        wishes: list[tuple[int, bytes]] = [
            (rng.choice((0, 17, 99, 255)), rng.randbytes(8)),
            (3, b'{"name": "nothing", "value": 1}'),
            (3, b'{"name": "radio", "value": 77}'),
            (3, b'{"name": "zone", "value": "nowhere"}'),
            (3, b'{"name": ["radio"], "value": {}}'),
            (5, b'{"local_s": "now"}'),
            (5, b'{"local_s": -5}'),
            (5, b'{"local_s": 99999999999999999999}'),
            (7, b'{"scene": 255}'),
            (7, b'{"scene": null}'),
            (8, b'{"use": "world peace", "days": 1, "stages": 1}'),
            (8, b"[" * 60),
            (9, b'{"kind": "secrets"}'),
            (READ, struct.pack("<II", 0, 100) + b"nights/../../boot.py"),
            (READ, struct.pack("<II", 0, 100) + b"\xff\xfe"),
            (_SUM, struct.pack("<I", 100) + b"clips/none.wav"),
            (12, struct.pack("<IB", 0, 16) + b"nights/0001.night" + rng.randbytes(30)),
            (12, struct.pack("<IB", 0, 255) + b"clips/UPPER.wav"),
            (13, b'{"name": "clips/none.wav", "bytes": 5, "sum": 1}'),
            (14, b'{"name": "nights/0001.night"}'),
            (16, b'{"bond": 9}'),
            (16, b'{"bond": -1}'),
            (rng.randint(3, 8), rng.randbytes(rng.randrange(60))),
            (rng.randint(12, 14), b'{"name": 7}'),
        ]
        code, body = rng.choice(wishes)
        version = 1 if rng.random() < 0.9 else rng.randrange(2, 256)
        for piece in self._pieces((code, body), version):
            yield self._frame(piece)

    def _harmless(self):
        for piece in self._pieces(self._some_request()):
            yield self._frame(piece)

    def _half(self):
        """It begins, and never ends; or it never began."""
        pieces = fragments(self._rng.randbytes(900), self._rng.choice((20, 244, 514)))
        chosen = pieces[: self._rng.randint(1, 3)] if self._rng.random() < 0.7 else pieces[1:3]
        for piece in chosen:
            yield self._frame(piece)

    def _too_long(self):
        """In order, and without end, or with the right sum at it."""
        whole = message(1, STATUS, self._rng.randbytes(self._rng.choice((1017, 1500, 3000))))
        for piece in fragments(whole, self._rng.choice((244, 514))):
            yield self._frame(piece)

    def _flood(self, peer=None):
        for _ in range(self._rng.randint(8, 40)):
            yield self._frame(self._rng.randbytes(self._rng.choice((20, 244, 514))), peer=peer)

    def _events(self):
        """What no stack should say, or not so often."""
        rng = self._rng
        for _ in range(rng.randint(1, 6)):
            peer = rng.choice((BROKEN, STRANGER))
            match rng.randrange(4):
                case 0:
                    how = [rng.randrange(2) for _ in range(3)]
                    yield self._event(SECURED, peer, struct.pack("<4I", *how, 16))
                case 1:
                    yield self._event(MTU, peer, struct.pack("<I", rng.randint(23, 527)))
                case 2:
                    what = rng.choice((2, 3, 4, 0)), rng.randrange(1_000_000)
                    yield self._event(PASSKEY, peer, struct.pack("<2I", *what))
                case 3:
                    yield from self._storm(peer)

    def _storm(self, peer):
        for _ in range(4):
            yield self._event(LEFT, peer)
            yield self._event(CAME, peer, b"\x01" + self._rng.randbytes(6))

    def _vanish(self):
        """In the midst of a request, or of the answer."""
        yield from self._harmless()
        yield from self._wait(self._rng.choice((1, 5, 30)))
        yield self._event(LEFT, BROKEN)

    def _wrong_time(self):
        rng = self._rng
        whole = struct.pack("<H8B", rng.choice((0, 1999, 2100, 65535)), *rng.randbytes(8))
        yield self._frame(rng.choice((whole, rng.randbytes(9), whole + b"!", b"")), kind=TIME)

    def _elsewhere(self):
        handle = struct.pack("<H", self._rng.choice((0, 14, 16, 19, 22, 40, 65535)))
        yield self._frame(handle + self._rng.randbytes(self._rng.randrange(30)), kind=ELSEWHERE)

    def _some_request(self):
        """(code, body) of one that changes nothing."""
        rng = self._rng
        place = struct.pack("<II", rng.randrange(3000), rng.choice((0, 10, 3000, 0xFFFFFFFF)))
        return rng.choice(
            (
                (STATUS, b""),
                (_SETTINGS, b""),
                (_TIME_NOW, b""),
                (_SCENES, b""),
                (_BONDS, b""),
                (_LIST, b'{"kind": "nights"}'),
                (_LIST, b'{"kind": "clips"}'),
                (READ, place + b"nights/0001.night"),
                (_SUM, place[:4] + b"nights/0001.night"),
            )
        )

    def _pieces(self, request, version=1):
        ident = self._rng.randrange(65536)
        return fragments(message(ident, *request, version), self._rng.choice((6, 20, 60, 244)))

    # -- rows

    def _frame(self, data, kind=REQUEST, peer=None):
        self._frames += 1
        if peer is None:
            peer = BROKEN if self._rng.random() < 0.95 else STRANGER
        return row(kind, peer, data[: _MOST_BYTES + 2])

    def _event(self, kind, peer, data=b""):
        self._frames += 1
        return row(kind, peer, data)

    def _wait(self, ms):
        self._ms += ms
        yield row(WAIT, 0, struct.pack("<H", ms))


def row(kind: int, peer: int, data: bytes = b"") -> bytes:
    """One of attack.bin: see hw/sim/attack.py."""
    return struct.pack("<BBH", kind, peer, len(data)) + data
