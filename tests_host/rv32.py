"""Runs and counts the rv32imc machine code of viper kernels, in Unicorn.

Reads an `.mpy` (format 6), lays it out as MicroPython would in a 32-bit memory, and
models the few runtime entries that kernels reach. Instructions of the runtime itself
are not counted.
"""

import ast
import struct
from dataclasses import dataclass
from pathlib import Path

from sleepsync.build.compiler import compiled
from unicorn import UC_ARCH_RISCV, UC_HOOK_BLOCK, UC_HOOK_CODE, UC_MODE_RISCV32, Uc
from unicorn import riscv_const as rv

_CODE, _DATA, _STACK, _RUNTIME = 0x40080000, 0x3FFB0000, 0x3FFE0000, 0x40000000
_DATA_BYTES, _STACK_BYTES, _RUNTIME_BYTES = 0x20000, 0x8000, 0x2000
_RETURN = _RUNTIME + 0x1000
_CONTEXT, _QSTRS, _OBJECTS, _FUNCTIONS, _TABLE, _HEAP = (
    _DATA + offset for offset in (0x100, 0x200, 0x800, 0x1000, 0x1800, 0x2000)
)
_NONE, _FALSE, _TRUE = 0x06, 0x0E, 0x1E
_HANDLES = 0x3F000000  # object words of buffers and wide integers
# Entries of mp_fun_table (py/nativeglue.c) that viper kernels call.
_FROM_OBJECT, _TO_OBJECT, _SWAP_GLOBALS, _LOAD_GLOBAL, _CALL = 3, 4, 5, 7, 27
_DIVIDE, _MODULO = 46, 47
_ENTRIES = 52


class Fault(Exception):
    """The kernel did what the chip would not survive, or what this model does not know."""


@dataclass
class _Code:
    kind: int  # 0 bytecode, 1 native, 2 viper
    data: bytes
    children: list["_Code"]


class _Reader:
    """The parts of an `.mpy` file, in order."""

    def __init__(self, blob: bytes):
        if blob[:2] != b"M\x06":
            raise ValueError(f"not an .mpy of format 6: {blob[:4].hex()}")
        self._blob, self._at = blob, 4
        names, objects = self._number(), self._number()
        self.names = [self._name() for _ in range(names)]
        self.objects = [self._object() for _ in range(objects)]
        self.module = self._code()

    def _take(self, length):
        self._at += length
        return self._blob[self._at - length : self._at]

    def _number(self):
        value = 0
        while True:
            byte = self._take(1)[0]
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value

    def _name(self):
        length = self._number()
        return None if length & 1 else self._take((length >> 1) + 1)[:-1].decode()

    def _object(self):
        kind = self._take(1)[0]
        if kind == 0:
            return _TABLE
        if kind != 7:
            raise ValueError(f"object of kind {kind} in a kernel file")
        return int(self._take(self._number()))

    def _code(self):
        head = self._number()
        code = _Code(head & 3, self._take(head >> 3), [])
        if code.kind == 1:
            self._number()
        if code.kind == 2:
            self._number()
        if head & 4:
            code.children = [self._code() for _ in range(self._number())]
        return code


class Kernels:
    """The compiled viper functions of one source file; `instructions` of the last call."""

    def __init__(self, source: str, name: str = "example_kernels.py"):
        mpy = _Reader(compiled(source, name, "rv32imc"))
        functions = [node.name for node in ast.parse(source).body if hasattr(node, "args")]
        self._names, self._handles = mpy.names, {}
        self._uc = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        for start, size in (
            (_CODE, 0x10000),
            (_DATA, _DATA_BYTES),
            (_STACK, _STACK_BYTES),
            (_RUNTIME, _RUNTIME_BYTES),
        ):
            self._uc.mem_map(start, size)
        self._lay_out(mpy, functions)
        self._uc.hook_add(UC_HOOK_BLOCK, self._count, begin=_CODE, end=_CODE + 0xFFFF)
        self._uc.hook_add(UC_HOOK_CODE, self._runtime, begin=_RUNTIME, end=_RETURN - 1)
        self._lengths: dict[tuple[int, int], int] = {}
        self.instructions = 0

    @classmethod
    def of(cls, path: Path) -> "Kernels":
        """The kernels of a source file."""
        return cls(path.read_text(), path.name)

    def call(self, function: str, *arguments) -> int | None:
        """The result for integers and arrays; arrays are changed in place as on the chip."""
        self._top, self._fault, self.instructions = _HEAP, None, 0
        buffers = [(a, self._place(bytes(a))) for a in arguments if not isinstance(a, int)]
        places = iter(buffers)
        words = [self._object(a if isinstance(a, int) else next(places)) for a in arguments]
        result = self._run(self._entries[function], words)
        for buffer, address in buffers:
            view = memoryview(buffer).cast("B")
            view[:] = self._uc.mem_read(address, len(view))
        return result

    def _lay_out(self, mpy, functions):
        self._uc.mem_write(_RUNTIME, b"\x82\x80" * (_RUNTIME_BYTES // 2))  # c.jr ra
        table = [_NONE, _FALSE, _TRUE] + [_RUNTIME + 4 * i for i in range(3, _ENTRIES)]
        self._words(_TABLE, table)
        self._words(_CONTEXT, [0, 0, _QSTRS, _OBJECTS])
        indices = range(len(mpy.names))
        self._uc.mem_write(_QSTRS, struct.pack(f"<{len(mpy.names)}H", *indices))
        self._words(_OBJECTS, [o if o == _TABLE else self._object(o) for o in mpy.objects])
        self._entries, at = {}, _CODE
        for i, (name, code) in enumerate(zip(functions, mpy.module.children, strict=True)):
            if code.kind == 2:
                self._uc.mem_write(at, code.data)
                self._entries[name] = _FUNCTIONS + 16 * i
                self._words(self._entries[name], [0, _CONTEXT, 0, at])
                at += len(code.data) + 15 & -16

    def _words(self, address, values):
        self._uc.mem_write(address, struct.pack(f"<{len(values)}I", *values))

    def _place(self, content):
        address = self._top + 15 & -16
        self._top = address + len(content) + 16
        if self._top > _DATA + _DATA_BYTES:
            raise Fault("buffers larger than this model's memory")
        self._uc.mem_write(address, content)
        return address

    def _run(self, function, words):
        uc, arguments = self._uc, self._place(struct.pack(f"<{len(words)}I", *words))
        uc.reg_write(rv.UC_RISCV_REG_SP, _STACK + _STACK_BYTES - 64)
        uc.reg_write(rv.UC_RISCV_REG_RA, _RETURN)
        self._arguments(function, len(words), 0, arguments)
        uc.emu_start(self._code_of(function), _RETURN)
        if self._fault:
            raise self._fault
        return self._value(uc.reg_read(rv.UC_RISCV_REG_A0))

    def _arguments(self, *values):
        for i, value in enumerate(values):
            self._uc.reg_write(rv.UC_RISCV_REG_A0 + i, value)

    def _code_of(self, function):
        return struct.unpack("<I", self._uc.mem_read(function + 12, 4))[0]

    # -- objects: small integers are odd words, everything else is a handle

    def _object(self, value):
        if isinstance(value, int) and -(1 << 30) <= value < 1 << 30:
            return (value << 1 | 1) & 0xFFFFFFFF
        handle = _HANDLES + 16 * len(self._handles)
        self._handles[handle] = value
        return handle

    def _value(self, word):
        if word & 1:
            return _signed(word) >> 1
        return {_NONE: None, _FALSE: False, _TRUE: True}.get(word, self._handles.get(word))

    # -- hooks

    def _count(self, uc, address, size, _):
        key = (address, size)
        if key not in self._lengths:
            self._lengths[key] = _instructions(uc.mem_read(address, size))
        self.instructions += self._lengths[key]

    def _runtime(self, uc, address, size, _):
        if address & 3:
            return
        try:
            self._enter((address - _RUNTIME) >> 2)
        except Fault as fault:
            self._fault = fault
            uc.emu_stop()

    def _enter(self, entry):
        a, b, c = (self._uc.reg_read(rv.UC_RISCV_REG_A0 + i) for i in range(3))
        if entry == _CALL:
            self._arguments(a, b, 0, c)
            self._uc.reg_write(rv.UC_RISCV_REG_PC, self._code_of(a))
            return
        works = {
            _FROM_OBJECT: self._from_object,
            _TO_OBJECT: self._to_object,
            _SWAP_GLOBALS: lambda new, _: 0,
            _LOAD_GLOBAL: lambda name, _: self._entries[self._names[name]],
            _DIVIDE: lambda n, d: _signed(n) // _signed(d),
            _MODULO: lambda n, d: _signed(n) % _signed(d),
        }
        if entry not in works:
            raise Fault(f"runtime entry {entry} is not modelled")
        self._uc.reg_write(rv.UC_RISCV_REG_A0, works[entry](a, b) & 0xFFFFFFFF)

    def _from_object(self, word, kind):
        value = self._value(word) if kind & 15 else word
        return value[1] if isinstance(value, tuple) else int(value or 0)

    def _to_object(self, word, kind):
        if kind & 15 == 1:
            return _TRUE if word else _FALSE
        return self._object(_signed(word) if kind & 15 == 2 else word) if kind & 15 else word


def _signed(word):
    return (word ^ 0x80000000) - 0x80000000


def _instructions(code):
    """How many instructions `code` holds: two bytes if compressed, four if not."""
    at = count = 0
    while at < len(code):
        at += 4 if code[at] & 3 == 3 else 2
        count += 1
    return count
