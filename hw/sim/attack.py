"""Peers that mean harm, for tests and benches: what a file says comes over the radio's events.

It stands where the air would (bluetooth.py without `join`), so the firmware meets what NimBLE
would hand it: peers that come and go, what they write, what the stack asks. A peer that is told to
leave is gone a connection's interval later, and what was notified has been sent by then.
`attack.bin` in the night's folder: `kind u8, peer u8, length u16` and as many bytes, kinds as
below; the night ends after it. What goes out to peers is in `attacked.bin`: `ms u32, peer u8,
length u16`, bytes. `attack.json`: before and after, what must not change. It must never touch the
firmware itself.

Two peers own a bond, OWNERS, made before the night begins.
"""

import json
import sys
from struct import pack, unpack, unpack_from

import alive
import collector
from bluetooth import BLE
from chips.button import press
from clock import clock
from table import table

from hw import pins

WAIT, CAME, LEFT, MTU, SECURED, PASSKEY, REQUEST, TIME, ELSEWHERE, PRESS, NOTE = range(11)
OWNERS = b"\x01honest", b"\x01broken"  # addresses

_BEGIN_US = 4000000
_INTERVAL_US = 15000  # of a connection
_HEAD = "<BBH"
_SENT_HEAD = "<IBH"
# Numbers of MicroPython's events, by kind; and of frames from the air, and to it, as bluetooth.py
# has them.
_EVENTS = {CAME: 1, LEFT: 2, MTU: 21, SECURED: 28, PASSKEY: 31}
_EVENT, _WRITE, _SENT = 1, 3, 4
_NOTIFY, _END = 5, 7
_SECRET_BYTES, _FLAGS_AT, _SECURE = 88, 80, b"\x03"


def install(folder: str) -> None:
    """From now on."""
    _make_owners()
    attack = Attack(folder)
    clock.at(_BEGIN_US, attack.wake)


def _make_owners():
    from firmware.keep.bonds import OURS, PEERS, Bonds
    from hw import storage

    bonds = Bonds(storage.bonds())
    for address in OWNERS:
        secret = bytes(_FLAGS_AT) + _SECURE + bytes(_SECRET_BYTES - _FLAGS_AT - len(_SECURE))
        for kind in (OURS, PEERS):
            bonds.set_secret(kind, address, secret)
        assert bonds.confirm(0) == address, "the firmware takes no such bond"


class Attack:
    """Plays the file of one night."""

    def __init__(self, folder: str):
        self._plan = open(folder + "/attack.bin", "rb")
        self._sent = open(folder + "/attacked.bin", "wb")
        self._path = folder + "/attack.json"
        self._ble = BLE()
        self._ble._send = self._hear_puck
        self._notes = []
        self._noting = False
        self._leaving = []
        self._due_us = _BEGIN_US
        self._used = 0  # blocks of the stack's buffers that are on the air
        self._doze, clock.doze = clock.doze, self._note

    def wake(self) -> None:
        """What comes next, where the VM would let the stack's thread run."""
        clock.schedule_own(self._go_on, None)

    def _go_on(self, _):
        while True:
            head = self._plan.read(4)
            if not head:
                self._end()
                return
            kind, peer, length = unpack(_HEAD, head)
            data = self._plan.read(length)
            if kind == WAIT:
                self._due_us += 1000 * unpack("<H", data)[0]
                clock.at(max(clock.us, self._due_us), self.wake)
                return
            self._do(kind, peer, data)

    def _do(self, kind, peer, data):
        links = self._ble._links
        if kind == NOTE:
            self._noting = True
        elif kind == PRESS:
            press(table.net(pins.BUTTON), clock.us + 1, unpack("<H", data)[0] * 1000, 1)
        elif kind == CAME:
            if peer not in links and self._ble._is_advertising:
                self._tell(CAME, [peer, data[0]], [bytes(reversed(data[1:]))])
        elif peer in links:
            self._from(kind, peer, data)

    def _from(self, kind, peer, data):
        if kind == LEFT:
            self._tell(LEFT, [peer, 1], [bytes(6)])
        elif kind == ELSEWHERE:
            self._write(peer, unpack_from("<H", data)[0], data[2:])
        elif kind in (REQUEST, TIME):
            handle = self._handle(kind)
            if handle:
                self._write(peer, handle, data)
        else:
            numbers = [peer]
            numbers.extend(unpack("<%dI" % (len(data) // 4), data))
            self._tell(kind, numbers, [])

    def _handle(self, kind):
        """The firmware's own word for where that goes, 0 while the radio is off."""
        from firmware.link import places

        radio = _puck().link._radio
        if not (radio and radio.handles):
            return 0
        return radio.handles[places.REQUEST if kind == REQUEST else places.TIME]

    def _write(self, peer, handle, data):
        self._ble._hear(_WRITE, pack("<HHH", 0, peer, handle) + data)

    def _tell(self, kind, numbers, buffers):
        body = pack("<BHBB", _EVENTS[kind], 0, len(numbers), len(buffers))
        for number in numbers:
            body += pack("<i", number)
        for buffer in buffers:
            body += pack("<h", len(buffer)) + buffer
        self._ble._hear(_EVENT, body)

    def _hear_puck(self, kind, body):
        if kind not in (_END, _NOTIFY):
            return
        if not self._used and not self._leaving:
            clock.at(clock.us + _INTERVAL_US, self._meet)
        if kind == _END:
            self._leaving.append(unpack("<H", body)[0])
        else:
            peer, _, blocks = unpack_from("<HHB", body)
            self._used += blocks
            data = body[5:]
            self._sent.write(pack(_SENT_HEAD, clock.us // 1000, peer, len(data)) + data)

    def _meet(self):
        clock.schedule_own(self._air, None)

    def _air(self, _):
        """What was on its way has arrived, and who was told to leave is gone."""
        if self._used:
            self._ble._hear(_SENT, bytes((self._used,)))
        self._used = 0
        leaving, self._leaving = self._leaving, []
        for peer in leaving:
            if peer in self._ble._links:
                self._tell(LEFT, [peer, 1], [bytes(6)])

    def _note(self, limit_us):
        """While all tasks wait: what the puck is like now."""
        if self._noting:
            self._noting = False
            self._notes.append(_state())
        self._doze(limit_us)

    def _end(self):
        self._sent.close()
        with open(self._path, "w") as file:
            hears = self._ble._handler.function is not None
            json.dump({"notes": self._notes, "hears": hears}, file)
        clock.schedule_own(_interrupt, None)


def _interrupt(_):
    raise KeyboardInterrupt


def _puck():
    return sys.modules["firmware.app"].running


def _state():
    puck = _puck()
    return {
        "alive_bytes": collector.alive() - alive._of_flash() - alive._on_its_way(),
        "settings": [[row.name, value] for row, value in puck.settings.rows()],
        "bonds": [[place, bond.since_s] for place, bond in puck.link.bonds.rows()],
        "clock_sets": puck.clock.sets,
        "peers": len(puck.link.peers),
        "faults": puck.tasks.faults,
    }
