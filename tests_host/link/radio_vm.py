"""A small puck's worth of Bluetooth: what the tests of the radio run in the VM.

`micropython radio_vm.py PORT BONDS SPEED` with the simulator on its path. It prints every event
as a line of JSON, and does what a line of its standard input says, as Python.
"""

import sys

import collector
import scheduler

collector.install()
scheduler.install()

import asyncio
import json

import bluetooth
import stream  # noqa: F401
from clock import clock
from pace import Pace

READ, WRITE_FREE, WRITE, NOTIFY = 0x02, 0x04, 0x08, 0x10
READ_ENCRYPTED, READ_AUTHENTICATED = 0x200, 0x400
WRITE_ENCRYPTED, WRITE_AUTHENTICATED = 0x1000, 0x2000
UUID = "6e4000%02x-b5a3-f393-e0a9-e50e24dcca9e"
ADVERT = b"\x02\x01\x06\x0a\x09SleepSync"

port, bonds_path, speed = sys.argv[1:4]
passkey = 123456
secrets = {}
links = []
refused = {}  # {handle: error of a read}


def say(*what):
    print(json.dumps(what))


def load():
    try:
        with open(bonds_path) as file:
            for kind, key, value in json.load(file):
                secrets[kind, bytes.fromhex(key)] = bytes.fromhex(value)
    except OSError:
        pass


def save():
    rows = [[kind, key.hex(), value.hex()] for (kind, key), value in secrets.items()]
    with open(bonds_path, "w") as file:
        json.dump(rows, file)


def get_secret(kind, index, key):
    if key is not None:
        return secrets.get((kind, bytes(key)))
    found = [value for (its_kind, _), value in secrets.items() if its_kind == kind]
    return found[index] if index < len(found) else None


def set_secret(kind, key, value):
    name = kind, bytes(key)
    if value is None:
        found = secrets.pop(name, None) is not None
    else:
        secrets[name], found = bytes(value), True
    save()
    return found


def plain(value):
    return bytes(value).hex() if isinstance(value, memoryview) else value


def on_event(event, data):
    if event == 29:
        found = get_secret(*data)
        say("get", data[0], data[1], plain(data[2]), found is not None)
        return found
    if event == 30:
        done = set_secret(*data)
        say("set", data[0], plain(data[1]), data[2] is not None)
        return done
    if event == 4:
        return refused.get(data[1], 0)
    say(event, *[plain(value) for value in data])
    if event == 1:
        links.append(data[0])
    elif event == 2:
        links.remove(data[0])
        advertise()
    elif event == 31 and passkey is not None:
        ble.gap_passkey(data[0], data[1], passkey)


def uuid(number):
    return bluetooth.UUID(UUID % number)


def advertise(**options):
    ble.gap_advertise(100000, ADVERT, resp_data=b"\x11\x07" + bytes(uuid(1)), **options)


load()
clock.pace = Pace(int(speed))
bluetooth.join(int(port))
ble = bluetooth.BLE()
ble.irq(on_event)
ble.active(True)
ble.config(gap_name="SleepSync", mtu=517, bond=True, mitm=True, le_secure=True, io=0)
ble.config(addr_mode=2)
service = (
    uuid(1),
    (
        (uuid(2), READ | WRITE | WRITE_FREE),
        (uuid(3), NOTIFY | READ),
        (uuid(4), READ | WRITE | READ_ENCRYPTED | WRITE_ENCRYPTED),
        (uuid(5), READ | WRITE | WRITE_FREE | NOTIFY | READ_AUTHENTICATED | WRITE_AUTHENTICATED),
        (uuid(6), READ, ((bluetooth.UUID(0x2901), READ),)),
    ),
)
(handles,) = ble.gatts_register_services((service,))
plain_value, told, encrypted, authenticated, described, description = handles
ble.gatts_write(plain_value, b"hello")
ble.gatts_write(encrypted, b"secret")
ble.gatts_write(authenticated, b"top secret")
ble.gatts_write(description, b"words")
advertise()
say("ready", handles)


async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    while True:
        line = await reader.readline()
        if not line:
            return
        try:
            say("done", eval(line, globals()))
        except SyntaxError:
            exec(line, globals())
            say("done", None)
        except OSError as error:
            say("refused", error.errno)


asyncio.run(main())
