"""Counts the firmware's heap while it hears a recorded stretch of a night (taps.py, `bus`).

    micropython heap.py BUS_FILE MOST_BLOCKS

Runs in the desktop's VM and in the 32-bit WebAssembly VM, whose objects are as large
as the chip's. What the kernels allocate is left out, since there they are plain
Python; so is the simulator. It goes by steps, since that VM collects only between
calls from outside. Prints one JSON object.
"""

import sys

import collector

collector.install()

import asyncio
import gc
import json
from struct import unpack_from

import fifo_kernels
import fixed_kernels
import i2c_bus
from clock import clock
from taps import BUS_ROW

from firmware import app
from firmware.keep.bonds import Bonds
from firmware.link import link as link_of_puck
from firmware.link.frames import MOST_BYTES
from firmware.link.peer import Peer
from firmware.link.radio import Radio
from firmware.senses import motion_kernels, pulse_kernels
from hw import pins, storage

_KERNELS = (fifo_kernels, fixed_kernels, motion_kernels, pulse_kernels)
_ROW_BYTES = 7
_BLOCKS_A_STEP = 25
_SECTORS = 64
_32_BITS = sys.maxsize == 0x7FFFFFFF
_ENODEV = 19
_BONDS = 5  # entries of NVS: see hw/storage.py
_ADDRESS_BYTES = 7
_MOST_LIVE, _RECORD_BYTES = 8, 100  # records that wait for the air, the longest of a live night
_WARM_UP_BLOCKS = 20  # by then every path that allocates only once has been taken


class SilentBus:
    """An I2C bus on which nobody answers."""

    def _silent(self, *transfer):
        raise OSError(_ENODEV)

    readfrom_mem_into = writeto_mem = readfrom_into = writeto = _silent


class RecordedBus(SilentBus):
    """An I2C bus that answers reads from a recording, and takes writes in silence."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._row = bytearray(_ROW_BYTES)
        self._next()

    def readfrom_mem_into(self, addr, memaddr, buf):
        row = self._row
        if row[4] != addr or row[5] != memaddr or row[6] != len(buf):
            raise ValueError("the firmware reads otherwise than when this was recorded")
        self._file.readinto(buf)
        self._next()

    def writeto_mem(self, addr, memaddr, buf):
        pass

    def next_ms(self):
        """The time of the next read; -1 at the end."""
        return unpack_from(BUS_ROW, self._row)[0] if self.more else -1

    def _next(self):
        self.more = self._file.readinto(self._row) == _ROW_BYTES


class NoStanding:
    """In place of NVS, which the 32-bit VM has none of: nothing is kept."""

    def __init__(self, name):
        pass

    def load(self):
        return b""

    def save(self, data):
        pass


class NoSettings:
    """Nothing was ever set: all is as it is by default."""

    def load(self, key):
        return b""


class NoChance:
    """In place of `os`, which has no chance in the 32-bit VM."""

    @staticmethod
    def urandom(count):
        return bytes(count)


class _Spent:
    bytes = 0


def _watched(kernel):
    """`kernel`, with what it allocates added to `_Spent`."""

    def call(a, b, c, d=None, e=None):
        before = gc.mem_alloc()
        if e is not None:
            value = kernel(a, b, c, d, e)
        elif d is not None:
            value = kernel(a, b, c, d)
        else:
            value = kernel(a, b, c)
        _Spent.bytes += gc.mem_alloc() - before
        return value

    return call


def _watch_kernels():
    """On the 32-bit VM kernels are plain Python, and allocate as they do not on the chip."""
    import words32

    helpers = dir(words32)
    for module in _KERNELS:
        for name in dir(module):
            if callable(getattr(module, name)) and name not in helpers:
                setattr(module, name, _watched(getattr(module, name)))


def _hear_block(puck, now_ms):
    """The bytes that one drain of the pod allocates, kernels apart."""
    before = gc.mem_alloc()
    _Spent.bytes = 0
    puck.pod.drain(now_ms)
    return gc.mem_alloc() - before - _Spent.bytes


class Started:
    """As boot.py has it."""

    cause = "power on"


class Measurement:
    """First the puck is made and opened, then it hears the recording, a few blocks a step."""

    def __init__(self, path, most_blocks):
        self._most_blocks = most_blocks
        self._bus = RecordedBus(path)
        i2c_bus.I2C = self._wired
        storage.Kept, storage.Settings = NoStanding, NoSettings
        self._blocks = self._allocated = self._worst = self._peak = 0
        self._puck = None
        self._base = 0

    def _wired(self, id, **wires):
        """The pod's bus is the recording; on the other nobody answers."""
        return self._bus if id == pins.POD_BUS else SilentBus()

    def step(self) -> bool:
        """Go on; False at the end. What is in use is looked at before, after a collection."""
        if not self._puck:
            self._base = gc.mem_alloc()
            self._puck = app.Puck(Started())
            self._puck.open()
        else:
            self._peak = max(self._peak, gc.mem_alloc() - self._base)
            for _ in range(_BLOCKS_A_STEP):
                self._hear()
        gc.collect()
        return self._bus.more and self._blocks < self._most_blocks

    def figures(self) -> dict:
        """What was counted."""
        return {
            "blocks": self._blocks,
            "allocated_bytes": self._allocated,
            "worst_block_bytes": self._worst,
            "in_use_bytes": self._peak,
            "link_bytes": self.link(),
        }

    def link(self) -> int:
        """The bytes that the link keeps alive with as many owners as it takes, and as much as they
        may make it keep.
        """
        if _32_BITS:  # where two names are missing
            asyncio.ThreadSafeFlag = asyncio.Event  # about as large
            link_of_puck.os = NoChance
        gc.collect()
        before = gc.mem_alloc()
        link = link_of_puck.Link(
            self._puck, Bonds([NoStanding("") for _ in range(_BONDS)]), "", app.acting
        )
        link._radio = Radio(link.bonds, link.wake.set, True)
        for number in range(link_of_puck.MOST_PEERS):
            peer = Peer(number, bytes(_ADDRESS_BYTES), 0)
            peer.own()
            peer.joiner.body = bytes(MOST_BYTES)
            peer._fragment = bytes(MOST_BYTES // 2)
            link.peers.append(peer)
        for _ in range(_MOST_LIVE):
            link.serving.queue(bytes(_RECORD_BYTES))
        gc.collect()
        return gc.mem_alloc() - before

    def _hear(self):
        if not self._bus.more:
            return
        clock.wait(max(0, self._bus.next_ms() * 1000 - clock.us))
        block = _hear_block(self._puck, self._puck.clock.now_ms())
        self._blocks += 1
        if self._blocks > _WARM_UP_BLOCKS:
            self._allocated += block
            self._worst = max(self._worst, block)
        self._puck.close_epochs(self._puck.clock.now_ms())
        if self._puck.journal.due():
            self._puck.journal.flush()


def _mount_flash():
    """Where the desktop's VM keeps the night; the 32-bit VM has a file system of its own."""
    import vfs
    from chips.norflash import NorFlash

    flash = NorFlash(_SECTORS)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(flash, storage.DATA)


measurement = Measurement(sys.argv[1], int(sys.argv[2]))
if _32_BITS:
    _watch_kernels()
else:
    _mount_flash()


def step() -> bool:
    """Go on with the measurement; False when its figures have been printed."""
    if measurement.step():
        return True
    print(json.dumps(measurement.figures()))
    return False


gc.collect()
while not _32_BITS and step():
    pass
