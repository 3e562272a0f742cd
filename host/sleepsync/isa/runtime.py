"""The part of MicroPython's runtime that viper code sees: objects, and a few entries of its table.

Small integers are odd words; everything else is a handle. An entry that no kernel needs is
not modelled, and calling it is a Fault. (py/nativeglue.c of MicroPython 1.28.)
"""

from collections.abc import Callable

from sleepsync.isa.fault import Fault
from sleepsync.isa.memory import Memory
from sleepsync.isa.mpy import Mpy

# Kernels; where calls of the runtime lead to. QEMU wants all below 2**30.
CODE, TRAPS = 0x20080000, 0x20000000
TRAP_BYTES = 0x1000
HANDLES = 0x3D000000  # of objects that are no small integers
NONE, FALSE, TRUE = 0x06, 0x0E, 0x1E
_CONSTANTS = (NONE, FALSE, TRUE)
_ENTRIES = 52
_FROM_OBJECT, _TO_OBJECT, _SWAP_GLOBALS, _LOAD_GLOBAL, CALL = 3, 4, 5, 7, 27
_DIVIDE, _MODULO = 46, 47
_OF_OBJECT, _OF_BOOL, _OF_INT = 0, 1, 2  # viper's types, in the low bits


class Runtime:
    """Tables and function objects of one file in a memory; `entries`: {function: its object}."""

    def __init__(self, mpy: Mpy, functions: list[str], memory: Memory):
        self.memory = memory
        self.code = bytearray()
        self._names = mpy.names
        self._handles: dict[int, int | tuple] = {}
        traps = [TRAPS + 4 * i for i in range(len(_CONSTANTS), _ENTRIES)]
        table = memory.words([*_CONSTANTS, *traps], "the runtime's table")
        names = b"".join(i.to_bytes(2, "little") for i in range(len(mpy.names)))
        qstrs = memory.place(names, "the names", is_constant=True)
        objects = [table if o is None else self.to_word(o) for o in mpy.objects]
        context = memory.words([0, 0, qstrs, memory.words(objects, "the objects")], "the context")
        self.entries: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        for name, code in zip(functions, mpy.module.children, strict=True):
            if code.is_viper:
                start = CODE + len(self.code)
                self.entries[name] = memory.words([0, context, 0, start], f"function {name}")
                self.sizes[name] = len(code.data)
                self.code += code.data + bytes(-len(code.data) % 16)

    def code_of(self, function: int) -> int:
        """Where the code of a function object starts."""
        return self.memory.word(function + 12)

    def to_word(self, value: int | tuple) -> int:
        """An object for an integer, or for a buffer: (name, address)."""
        if isinstance(value, int) and -(1 << 30) <= value < 1 << 30:
            return (value << 1 | 1) & 0xFFFFFFFF
        handle = HANDLES + 16 * len(self._handles)
        self._handles[handle] = value
        return handle

    def to_value(self, word: int) -> int | tuple | None:
        """What an object is to Python."""
        if word & 1:
            return signed(word) >> 1
        simple = {NONE: None, FALSE: False, TRUE: True}
        return simple[word] if word in simple else self._handles.get(word)

    def behind_handles(self) -> bytes:
        """What lies at HANDLES: every 16 bytes the word that a handle stands for."""
        values = (v[1] if isinstance(v, tuple) else v for v in self._handles.values())
        return b"".join((v & 0xFFFFFFFF).to_bytes(16, "little") for v in values)

    def enter(self, entry: int, a: int, b: int) -> int:
        """The result word of an entry, other than CALL, for its first two arguments."""
        works: dict[int, Callable[[int, int], int]] = {
            _FROM_OBJECT: self._from_object,
            _TO_OBJECT: self._to_object,
            _SWAP_GLOBALS: lambda new, _: 0,
            _LOAD_GLOBAL: lambda name, _: self.entries[self._names[name]],
            _DIVIDE: lambda n, d: signed(n) // signed(d),
            _MODULO: lambda n, d: signed(n) % signed(d),
        }
        if entry not in works:
            raise Fault(f"runtime entry {entry} is not modelled")
        return works[entry](a, b) & 0xFFFFFFFF

    def _from_object(self, word, kind):
        value = self.to_value(word) if kind & 15 else word
        return value[1] if isinstance(value, tuple) else int(value or 0)

    def _to_object(self, word, kind):
        kind &= 15
        if kind == _OF_BOOL:
            return TRUE if word else FALSE
        return self.to_word(signed(word) if kind == _OF_INT else word) if kind else word


def signed(word: int) -> int:
    """A 32-bit word as a signed number."""
    return (word ^ 0x80000000) - 0x80000000
