"""Reads the machine code of viper functions out of an `.mpy` file (format 6)."""

from dataclasses import dataclass, field

_BYTECODE, _NATIVE, _VIPER = range(3)
_INTEGER = 7  # kind of an object; 0 is the table of the runtime's functions


@dataclass
class Code:
    """One function, or the module's own code, and those within it."""

    kind: int
    data: bytes
    children: list["Code"] = field(default_factory=list)

    @property
    def is_viper(self) -> bool:
        """Whether `data` is machine code under viper's rules."""
        return self.kind == _VIPER


class Mpy:
    """`names` that the code refers to, its `objects` (None is the runtime's table), `module`."""

    def __init__(self, blob: bytes):
        """ValueError for what is no kernel file of this format."""
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
            return None
        if kind != _INTEGER:
            raise ValueError(f"object of kind {kind} in a kernel file")
        return int(self._take(self._number()))

    def _code(self):
        head = self._number()
        code = Code(head & 3, self._take(head >> 3))
        if code.kind in (_NATIVE, _VIPER):
            self._number()
        if head & 4:
            code.children = [self._code() for _ in range(self._number())]
        return code
