"""xtensawin machine code under `qemu-xtensa`: a second witness, which nobody here wrote.

Each call is a program of its own: the kernels' code, their memory as it is, the part of the
runtime that kernels use in a few instructions of machine code, and a start that calls the
kernel and writes the memory to stdout. QEMU watches no bounds and counts nothing.
"""

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from sleepsync.isa import memory as data
from sleepsync.isa.fault import Fault
from sleepsync.isa.memory import Memory
from sleepsync.isa.runtime import CODE, HANDLES, TRAPS, Runtime

EMULATOR = "qemu-xtensa"
_CPU = "dc233c"  # windows and division, as the ESP32 has
_START, _RESULT = TRAPS + 0x10000, TRAPS + 0x20000  # the start and the runtime; [result, its type]
_LONGEST_S = 60
_WRITE, _EXIT = 13, 118  # Linux's system calls on Xtensa
_ENTRIES = 52
_FROM_OBJECT, _TO_OBJECT, _DIVIDE = 3, 4, 46
_READABLE, _WRITABLE, _EXECUTABLE = 4, 6, 5


class Qemu:
    """A core with code at CODE; `instructions` is always 0."""

    instructions = 0

    def __init__(self, code: bytes, memory: Memory, runtime: Runtime):
        """Raises FileNotFoundError with the remedy."""
        if not shutil.which(EMULATOR):
            raise FileNotFoundError(f"{EMULATOR} is not installed: apt-get install qemu-user")
        self._code, self._memory, self._runtime = bytes(code), memory, runtime

    def run(self, start: int, arguments: list[int]) -> int:
        """Call the code at `start`; its result. Raises Fault."""
        own = _Program(start, arguments)
        segments = [
            (CODE, self._code, _EXECUTABLE),
            (_START, own.code, _EXECUTABLE),
            (TRAPS, own.traps, _EXECUTABLE),
            (HANDLES, self._runtime.behind_handles() or bytes(4), _READABLE),
            (data.START, bytes(self._memory.content), _WRITABLE),
            (_RESULT, bytes(8), _WRITABLE),
        ]
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "kernel.elf")
            program.write_bytes(_elf(own.start, segments))
            program.chmod(0o755)
            ran = subprocess.run(
                [EMULATOR, "-cpu", _CPU, program], capture_output=True, timeout=_LONGEST_S
            )
        if ran.returncode or len(ran.stdout) != 8 + data.BYTES:
            said = ran.stderr.decode(errors="replace")[-500:].strip()
            raise Fault(f"{EMULATOR} ended with {ran.returncode}: {said or 'nothing said'}")
        result, kind = struct.unpack_from("<II", ran.stdout)
        self._memory.content[:] = ran.stdout[8:]
        return self._runtime.enter(_TO_OBJECT, result, kind)


class _Program:
    """The start and the runtime, in machine code for the windowed ABI."""

    def __init__(self, kernel, arguments):
        words = [*arguments, kernel, _RESULT, data.START, data.BYTES]
        self.code = struct.pack(f"<{len(words)}I", *words)
        self._words = words
        self._apart()
        self.start = self._here
        self._call(kernel, arguments)
        self._write_out(_RESULT, 8)
        self._write_out(data.START, data.BYTES)
        self._add(_movi(2, _EXIT), _movi(6, 0), _SYSCALL)
        places = {
            _FROM_OBJECT: self._from_object(),
            _TO_OBJECT: self._to_object(),
            _DIVIDE: self._divide(),
        }
        self.traps = b"".join(
            _jump(TRAPS + 4 * i, places[i]) + b"\0" if i in places else _ILLEGAL
            for i in range(_ENTRIES)
        )

    @property
    def _here(self):
        return _START + len(self.code)

    def _apart(self):
        self.code += bytes(-len(self.code) % 16)

    def _add(self, *instructions):
        self.code += b"".join(instructions)

    def _word(self, register, value):
        """Load a word from those at the beginning."""
        self._add(_l32r(register, self._here, _START + 4 * self._words.index(value)))

    def _call(self, kernel, arguments):
        for i, argument in enumerate(arguments):
            self._word(10 + i, argument)
        self._word(8, kernel)
        self._add(_callx8(8))
        self._word(3, _RESULT)
        self._add(_s32i(10, 3, 0))

    def _write_out(self, start, length):
        self._add(_movi(2, _WRITE), _movi(6, 1))
        self._word(3, start)
        if length in self._words:
            self._word(4, length)
        else:
            self._add(_movi(4, length))
        self._add(_SYSCALL)

    def _function(self, *instructions):
        self._apart()
        place = self._here
        self._add(_entry(32), *instructions)
        return place

    def _from_object(self):
        """A small integer, or the word that its handle leads to."""
        return self._function(
            *(_skip_if_bit(2, 0, 2), _l32i(2, 2, 0), _RETW),  # no small integer
            *(_halve(2, 2), _RETW),
        )

    def _to_object(self):
        """The word itself; of what type it is is kept beside the result."""
        place = self._function()
        self._word(4, _RESULT)
        self._add(_s32i(3, 4, 4), _RETW)
        return place

    def _divide(self):
        """Rounded down, for positive divisors."""
        return self._function(
            *(_quotient(4, 2, 3), _product(5, 4, 3), _difference(5, 2, 5)),
            *(_skip_if_not_negative(5, 1), _addi(4, 4, -1), _move(2, 4), _RETW),
        )


def _elf(start, segments):
    """A static program for Xtensa: [(address, bytes, flags)]."""
    at = page = 0x1000
    heads, bodies = b"", b""
    for address, content, flags in segments:
        size = len(content)
        heads += struct.pack("<8I", 1, at, address, address, size, size, flags, page)
        body = content + bytes(-size % page)
        bodies += body
        at += len(body)
    head = struct.pack(
        *("<4s5B7x2H5I6H", b"\x7fELF", 1, 1, 1, 0, 0, 2, 94, 1, start, 52, 0, 0),
        *(52, 32, len(segments), 40, 0, 0),
    )
    return (head + heads).ljust(page, b"\0") + bodies


# Instructions of 24 bits, by the instruction set summary: fields op0, t, s, r, op1, op2.
def _fields(op0, t, s, high):
    return struct.pack("<I", op0 | t << 4 | s << 8 | (high & 0xFFF) << 12)[:3]


def _entry(frame):
    return _fields(6, 3, 1, frame >> 3)


def _l32r(t, here, address):
    return struct.pack("<I", 1 | t << 4 | (address - (here + 3 & ~3) >> 2 & 0xFFFF) << 8)[:3]


def _l32i(t, s, offset):
    return _fields(2, t, s, 2 | offset >> 2 << 4)


def _s32i(t, s, offset):
    return _fields(2, t, s, 6 | offset >> 2 << 4)


def _movi(t, value):
    return _fields(2, t, value >> 8 & 15, 10 | (value & 0xFF) << 4)


def _addi(t, s, value):
    return _fields(2, t, s, 12 | (value & 0xFF) << 4)


def _three(op2, op1, r, s, t):
    return _fields(0, t, s, r | op1 << 4 | op2 << 8)


def _move(r, s):
    return _three(2, 0, r, s, s)


def _halve(r, t):
    return _three(2, 1, r, 1, t)


def _quotient(r, s, t):
    return _three(13, 2, r, s, t)


def _product(r, s, t):
    return _three(8, 2, r, s, t)


def _difference(r, s, t):
    return _three(12, 0, r, s, t)


def _skip_if_bit(s, bit, instructions):
    return _fields(7, bit & 15, s, 14 | bit >> 4 | (3 * instructions - 1) << 4)


def _skip_if_not_negative(s, instructions):
    return _fields(6, 1 | 3 << 2, s, 3 * instructions - 1)


def _callx8(s):
    return _fields(0, 14, s, 0)


def _jump(here, address):
    return struct.pack("<I", 6 | (address - here - 4 & 0x3FFFF) << 6)[:3]


_RETW, _SYSCALL, _ILLEGAL = b"\x90\0\0", b"\0\x50\0", bytes(4)
