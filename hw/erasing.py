"""Everything personal out of the flash, block by block, and the proof that it is gone.

The nights' partition, NVS and the memory that outlives a reset hold all that is personal; the
application's file system holds none of it, and so it keeps the flag that tells how far the erasing
has come. It must never take a block for erased that it has not read back.
"""

import os

import machine
from esp32 import Partition
from micropython import const

from hw import storage

ERASING = "erasing"
PLAIN = "plain"

_FLAG = "/parts"
_LABELS = ("data", "nvs")  # NVS last: until then it counts the starts
_BLOCK_BYTES = const(4096)
_BLANK = b"\xff" * _BLOCK_BYTES
_NOUGHTS = bytes(_BLOCK_BYTES)
_TRIES = const(3)
_COUNT, _ERASE = const(4), const(6)  # of a block device's ioctl
_MEMORY_BYTES = const(2048)  # of an ESP32, that MicroPython keeps over a reset
_FOLDER = const(0x4000)


def flag() -> str:
    """What is being done with this puck: ERASING, PLAIN, or "" where it is a puck."""
    try:
        with open(_FLAG) as file:
            return PLAIN if file.read() == PLAIN else ERASING  # a torn flag is no proof
    except OSError:
        return ""


def mark(word: str) -> None:
    """Set the flag: it is there whole, or as it was. OSError if it cannot be written."""
    with open(_FLAG + ".new", "w") as file:
        file.write(word)
    os.rename(_FLAG + ".new", _FLAG)


def unmark() -> None:
    """This is a puck again, from the next start on."""
    os.remove(_FLAG)


def restart() -> None:
    """Start anew; nothing runs on after it."""
    machine.reset()


def is_apart() -> bool:
    """Whether nights have a partition of their own, so that it can be proven that it is blank."""
    return bool(_found("data"))


def erase():
    """Erase what is not blank: (label, blocks done, of all) before each block."""
    wipe_memory()
    block = bytearray(_BLOCK_BYTES)
    for label, partition, count in _partitions():
        for number in range(count):
            yield label, number, count
            _clear(partition, number, block)


def scan():
    """What is to be read now: (label, blocks, blank, holding noughts only) of each partition."""
    block = bytearray(_BLOCK_BYTES)
    for label, partition, count in _partitions():
        blank = noughts = 0
        for number in range(count):
            partition.readblocks(number, block)
            blank += block == _BLANK
            noughts += block == _NOUGHTS
        yield label, count, blank, noughts


def wipe_memory() -> None:
    """What outlives a reset: its bytes first, since an empty memory still holds them."""
    memory = machine.RTC().memory
    memory(bytes(_MEMORY_BYTES))
    memory(b"")


def is_memory_empty() -> bool:
    """Whether no byte of it is told any more."""
    return not machine.RTC().memory()


def fill(each) -> None:
    """Where nights lie beside the application: delete them, then fill whatever is free once, so
    that what they held is written over. `each()` is called for every block.
    """
    _remove(storage.DATA)
    try:
        with open(_FLAG + ".fill", "wb") as file:
            while True:
                each()
                file.write(_NOUGHTS)
    except OSError:  # it is full, as it should be
        pass
    os.remove(_FLAG + ".fill")


def _remove(folder):
    try:
        found = list(os.ilistdir(folder))
    except OSError:  # there is none
        return
    for name, kind, *_ in found:
        path = folder + "/" + name
        if kind == _FOLDER:
            _remove(path)
        else:
            os.remove(path)
    os.rmdir(folder)


def _partitions():
    for label in _LABELS:
        for partition in _found(label):
            yield label, partition, partition.ioctl(_COUNT, 0)


def _found(label):
    return Partition.find(Partition.TYPE_DATA, label=label)


def _clear(partition, number, block):
    """Make a block blank. One that is worn out, and stays as it is, gets noughts at least."""
    for _ in range(_TRIES):
        partition.readblocks(number, block)
        if block == _BLANK:
            return
        partition.ioctl(_ERASE, number)
    partition.readblocks(number, block)
    if block != _BLANK:
        partition.writeblocks(number, _NOUGHTS, 0)
