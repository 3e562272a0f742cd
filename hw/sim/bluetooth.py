"""MicroPython's `bluetooth` on the simulated puck: the ESP32 port's, with NimBLE below.

The stack itself, from advertising to pairing, is Bumble's, in a process of the desktop to which
`join` leads (host/sleepsync/radio). Here is what the port does of it on the chip: values, limits,
error numbers, events and their order, and the questions about secrets. What the firmware does
not use is not here, so that using it fails loudly. Sources: extmod/modbluetooth.c and
extmod/nimble/modbluetooth_nimble.c of MicroPython, Espressif's NimBLE.

Events run where the VM would let another task run: between bytecodes, when `clock.interrupts` is
called, never inside each other, never inside a call of this module. No soft interrupt runs
inside one.

A puck that has not joined an air has a radio, and nobody in range; that costs nothing. One that
has must have a pace (pace.py), since others answer in the desktop's time. No time is charged for
the radio: what its work takes passes by that pace, and nobody has measured NimBLE's share of
the chip's time here.
"""

import json
import os
from binascii import hexlify
from struct import pack, unpack_from

from bluetooth_events import Handler, is_found, unpacked
from bluetooth_uuid import UUID, laid_out  # noqa: F401 (a name of this module, as on the chip)
from bluetooth_values import Pool, Values
from clock import clock

FLAG_READ = 0x0002
FLAG_WRITE_NO_RESPONSE = 0x0004
FLAG_WRITE = 0x0008
FLAG_NOTIFY = 0x0010
FLAG_INDICATE = 0x0020

# Kinds of frames to the air, and from it: host/sleepsync/radio/frames.py has their bodies.
_POWER, _CONFIG, _ADVERTISE, _SERVICES, _NOTIFY = 1, 2, 3, 4, 5
_UPDATED, _END, _PASSKEY, _ANSWER = 6, 7, 8, 9
_EVENT, _READ, _WRITE, _SENT = 1, 2, 3, 4

MOST_CONNECTIONS = 4  # CONFIG_BT_NIMBLE_MAX_CONNECTIONS of the port
MOST_SERVICES = 8  # MP_BLUETOOTH_NIMBLE_MAX_SERVICES
_MOST_ADVERT_BYTES = 31
_MOST_NAME_BYTES = 31  # CONFIG_BT_NIMBLE_GAP_DEVICE_NAME_MAX_LEN
_LEAST_MTU, _MOST_MTU = 23, 527
_LEAST_INTERVAL_US, _MOST_INTERVAL_US = 20000, 10240000
_FIRST_HANDLE = 14  # after the services that NimBLE registers itself

_ENOENT = 2
_E2BIG = 7
_ENOMEM = 12
_EBUSY = 16
_ENODEV = 19
_EINVAL = 22
_EALREADY = 120  # these two as in newlib
_ENOTCONN = 128
_INVALID_PARAMETERS = -0x212  # the controller's own refusal passes through

_CENTRAL_CONNECT = 1
_CENTRAL_DISCONNECT = 2
_GATTS_WRITE = 3
_GATTS_READ_REQUEST = 4
_LONE_IRK = bytes(range(1, 17))  # drawn where there is no air, so that nights stay the same
_ATTRIBUTE_NOT_FOUND = 0x0A

_ADDRESS_MODES = 4
_MODE_PUBLIC, _MODE_RANDOM = 0, 1


_wire = None  # to the air, once joined


def join(port: int) -> None:
    """Be in range of the air that listens at `port` of this machine. OSError if none does.

    The clock must have its pace. It is no word of MicroPython's: whoever simulates the puck
    says it, before the puck starts.
    """
    from wire import Wire  # which a VM without sockets has no use for

    global _wire
    _wire = Wire(port)
    clock.pace.listen(_wire)
    clock.outside.append(BLE()._pump)


class BLE:
    """The one radio."""

    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = object.__new__(cls)
            cls._only._set_up()
        return cls._only

    def __init__(self):
        pass

    def _set_up(self):
        self._handler = Handler()
        self._name = b"MPY ESP32"
        self._security = {"bond": False, "mitm": False, "le_secure": False, "io": 3}
        self._forget()

    def _forget(self):
        """All that a stack which starts anew does not know."""
        self._is_active = False
        self._is_advertising = False
        self._adverts = [b"", b""]
        self._mtu = 256
        self._mode = _MODE_PUBLIC
        self._values = Values()
        self._pool = Pool()
        self._links = {}  # {connection: whether it is about to end}

    # The radio itself

    def active(self, on=None) -> bool:
        """Switch it on, anew if it was, or off; whether it is on."""
        if on is not None:
            self._power_off()
            if on:
                self._power_on()
        return self._is_active

    def config(self, *names, **values):
        """Ask for one value, or set some. ValueError for a name that is unknown.

        `rxbuf` is unknown: events need no buffer where they run at once, as on the ESP32.
        """
        if values:
            if names:
                raise TypeError("can't specify pos and kw args")
            for name, value in values.items():
                self._configure(name, value)
            return None
        if len(names) != 1:
            raise TypeError("must query one param")
        if names[0] == "gap_name":
            return self._name
        if names[0] == "mtu":
            self._need()
            return self._mtu
        if names[0] == "mac":
            return self._address()
        raise ValueError("unknown config param")

    def irq(self, handler) -> None:
        """Call `handler(event, data)` for each event; None: for none."""
        if handler is not None and not callable(handler):
            raise ValueError("invalid handler")
        self._handler.function = handler

    # Whom it talks to

    def gap_advertise(self, interval_us=500000, adv_data=None, *, resp_data=None, connectable=True):
        """Advertise, anew if it did; None: no more. What is not given stays as it was.

        OSError: ENODEV while off, EINVAL for more than 31 bytes, ENOMEM with no connection left.
        """
        if interval_us is None:
            self._stop_advertising()
            return
        self._need()
        self._stop_advertising()
        for i, data in enumerate((adv_data, resp_data)):
            if data is not None:
                if len(data) > _MOST_ADVERT_BYTES:
                    raise OSError(_EINVAL)
                self._adverts[i] = bytes(data)
        if connectable and len(self._links) >= MOST_CONNECTIONS:
            raise OSError(_ENOMEM)
        if not _LEAST_INTERVAL_US <= interval_us <= _MOST_INTERVAL_US:
            raise OSError(_INVALID_PARAMETERS)
        self._is_advertising = True
        self._advertise(interval_us, bool(connectable))

    def gap_disconnect(self, conn_handle: int) -> bool:
        """End a connection; False if there is none. The event follows."""
        self._need()
        if conn_handle not in self._links:
            return False
        if self._links[conn_handle]:
            raise OSError(_EALREADY)
        self._links[conn_handle] = True
        self._send(_END, pack("<H", conn_handle))
        return True

    def gap_passkey(self, conn_handle: int, action: int, passkey: int) -> None:
        """Answer a passkey action. OSError: ENOENT if none was asked for."""
        self._need()
        if action not in (2, 3, 4):
            raise OSError(_EINVAL)
        if conn_handle not in self._links:
            raise OSError(_ENOENT)
        self._ask(_PASSKEY, pack("<HBI", conn_handle, action, passkey))

    # What it offers

    def gatts_register_services(self, services) -> tuple:
        """Offer these services, and no others; handles of values and descriptors, a tuple each.

        OSError: EBUSY while it advertises or has a connection, E2BIG for more than eight.
        """
        self._need()
        if self._is_advertising or self._links:
            raise OSError(_EBUSY)
        if len(services) > MOST_SERVICES:
            raise OSError(_E2BIG)
        rows, found = laid_out(services, _FIRST_HANDLE)
        self._values = Values()
        for handles in found:
            for handle in handles:
                self._values.create(handle)
        self._ask(_SERVICES, json.dumps(rows).encode())
        return found

    def gatts_read(self, value_handle: int) -> bytes:
        """The value; nothing for an unknown handle, and while off."""
        return self._values.read(value_handle)

    def gatts_write(self, value_handle: int, data, send_update: bool = False) -> int:
        """Set the value; if asked, whoever subscribed gets it. OSError: ENODEV, EINVAL."""
        self._need()
        data = _bytes(data)
        self._values.write(value_handle, data)
        if send_update and self._links:
            self._send(_UPDATED, pack("<H", value_handle) + data)
        return len(data)

    def gatts_notify(self, conn_handle: int, value_handle: int, data=None) -> None:
        """Notify, subscribed or not, at most MTU - 3 bytes of it.

        OSError: ENODEV, ENOTCONN, and ENOMEM when NimBLE has no buffer left: wait, and try again.
        """
        self._need()
        if conn_handle not in self._links:
            raise OSError(_ENOTCONN)
        data = self._values.peek(value_handle) if data is None else _bytes(data)
        if data is None:
            raise OSError(_ENOENT)
        blocks = self._pool.take(len(data))
        if not blocks:
            raise OSError(_ENOMEM)
        head = pack("<HHB", conn_handle, value_handle, blocks)
        self._send(_NOTIFY, head + data)  # the air cuts off what is too long

    def gatts_set_buffer(self, value_handle: int, length: int, append: bool = False) -> None:
        """Room for `length` bytes, where there are 20; empty then. OSError: ENODEV, EINVAL."""
        self._need()
        self._values.resize(value_handle, length, append)

    # How

    def _need(self):
        if not self._is_active:
            raise OSError(_ENODEV)

    def _power_off(self):
        if self._is_active:
            self._forget()
            self._ask(_POWER, json.dumps({"on": False}).encode())
            if _wire:
                _wire.forget()

    def _power_on(self):
        irk = self._handler.own_key(os.urandom if _wire else lambda _: _LONE_IRK)
        peers = [hexlify(secret).decode() for secret in self._handler.peers()]
        asked = {"on": True, "irk": hexlify(irk).decode(), "peers": peers}
        asked["speed"] = clock.pace.speed if clock.pace else 1
        asked["name"] = hexlify(self._name).decode()
        asked.update(self._security)
        self._mac = self._ask(_POWER, json.dumps(asked).encode()) or bytes(6)
        self._is_active, self._mode = True, _MODE_PUBLIC

    def _configure(self, name, value):
        if name == "gap_name":
            value = _bytes(value)
            if len(value) > _MOST_NAME_BYTES:
                raise OSError(_EINVAL)
            self._name = value
            self._tell_air(name, hexlify(value).decode())
        elif name == "mtu":
            self._need()
            if not _LEAST_MTU <= value <= _MOST_MTU:
                raise OSError(_EINVAL)
            self._mtu = value
            self._tell_air(name, value)
        elif name == "addr_mode":
            self._need()
            if 0 <= value < _ADDRESS_MODES:
                self._mode = value
                self._tell_air(name, value)
        elif name in self._security:
            self._security[name] = value if name == "io" else bool(value)
            self._tell_air(name, self._security[name])
        else:
            raise ValueError("unknown config param")

    def _tell_air(self, name, value):
        if self._is_active:
            self._ask(_CONFIG, json.dumps({name: value}).encode())

    def _address(self):
        self._need()
        if self._mode not in (_MODE_PUBLIC, _MODE_RANDOM):
            raise OSError(_EINVAL)
        return self._mode, self._mac

    def _stop_advertising(self):
        if self._is_advertising:
            self._is_advertising = False
            self._ask(_ADVERTISE, json.dumps(None).encode())

    def _advertise(self, interval_us, connectable):
        adv, response = [hexlify(data).decode() for data in self._adverts]
        asked = {"interval_us": interval_us, "adv": adv, "response": response}
        asked["connectable"] = connectable
        self._ask(_ADVERTISE, json.dumps(asked).encode())

    # To the air and back

    def _send(self, kind, body):
        if _wire:
            _wire.send(kind, body)

    def _ask(self, kind, body):
        """Send it, and wait until it is done: its answer. OSError with the number that comes."""
        if not _wire:
            return b""
        _wire.send(kind, body)
        answer = _wire.reply()
        if len(answer) >= 2:
            error = unpack_from("<h", answer)[0]
            if error:
                raise OSError(error)
        return answer[2:]

    def _pump(self):
        """Let happen what the air says. The clock calls it, and never inside an event."""
        if _wire is None:
            return
        while True:
            frame = _wire.take()
            if frame is None:
                break
            if self._is_active:
                self._hear(*frame)
        if _wire.is_lost:
            self._lose_all()

    def _hear(self, kind, body):
        if kind == _EVENT:
            self._on_event(body)
        elif kind == _READ:
            self._on_read(*unpack_from("<HHH", body))
        elif kind == _WRITE:
            self._on_write(*unpack_from("<HHH", body), body[6:])
        elif kind == _SENT:
            self._pool.free += body[0]

    def _on_event(self, body):
        event, question, values, data = unpacked(body)
        self._mind(event, values)
        result = self._handler.tell(event, values, data)
        if question:
            self._answer(question, 0 if is_found(event, result) else 1, _bytes(result))

    def _mind(self, event, values):
        """What the stack itself knows of an event, before the firmware hears of it."""
        if event == _CENTRAL_CONNECT:
            self._is_advertising = False
            self._links[values[0]] = False
        elif event == _CENTRAL_DISCONNECT:
            self._links.pop(values[0], None)

    def _on_read(self, question, conn_handle, handle):
        error = self._handler.tell(_GATTS_READ_REQUEST, [conn_handle, handle], [])
        if isinstance(error, int) and error:
            self._answer(question, error, b"")
            return
        data = self._values.peek(handle)
        if data is None:
            self._answer(question, _ATTRIBUTE_NOT_FOUND, b"")
        else:
            self._answer(question, 0, data)

    def _on_write(self, question, conn_handle, handle, data):
        if not self._values.receive(handle, data):
            self._answer(question, _ATTRIBUTE_NOT_FOUND, b"")
            return
        self._handler.tell(_GATTS_WRITE, [conn_handle, handle], [])
        self._answer(question, 0, b"")

    def _answer(self, question, status, data):
        self._send(_ANSWER, pack("<HB", question, status) + data)

    def _lose_all(self):
        """The air is gone: so is everybody in it."""
        global _wire
        clock.pace.deafen(_wire)
        _wire = None
        for conn_handle in list(self._links):
            self._mind(_CENTRAL_DISCONNECT, [conn_handle])
            self._handler.tell(_CENTRAL_DISCONNECT, [conn_handle, 0], [bytes(6)])


def _bytes(data):
    if data is None or isinstance(data, (bool, int)):
        return b""
    return data.encode() if isinstance(data, str) else bytes(data)
