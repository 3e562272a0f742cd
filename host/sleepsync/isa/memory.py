"""The data memory that a kernel sees: buffers apart from each other, and a map of what is whose.

Between buffers lie bytes that nobody may touch, so a load or store past an end is found.
"""

from sleepsync.isa.fault import Fault

START, STACK = 0x3C000000, 0x3C030000
STACK_BYTES = 0x8000
BYTES = STACK + STACK_BYTES - START
_APART = 16
_NOBODY, _READ, _WRITE = 0, 1, 3


class Memory:
    """`content`: bytes from START on, the stack at the end."""

    def __init__(self) -> None:
        self.content = bytearray(BYTES)
        self.allowed = bytearray(BYTES)  # 0, _READ or _WRITE for each byte
        self._names: list[tuple[int, int, str]] = []
        self._top = START
        self.allow(STACK, STACK_BYTES)

    def mark(self) -> int:
        """Where what is placed from now on begins, for `release`."""
        return self._top

    def release(self, mark: int) -> None:
        """Forget all that was placed since `mark`."""
        at, end = mark - START, self._top - START
        self.allowed[at:end] = bytes(end - at)
        self._names = [each for each in self._names if each[0] < mark]
        self._top = mark

    def place(self, content: bytes, name: str, is_constant: bool = False) -> int:
        """Put bytes somewhere, 16 apart from all others; their address."""
        address = self._top + _APART + (-self._top) % _APART
        self._top = address + len(content)
        if self._top > STACK - _APART:
            raise Fault(f"{name}: buffers larger than this model's memory")
        at = address - START
        self.content[at : at + len(content)] = content
        self.allow(address, len(content), _READ if is_constant else _WRITE)
        self._names.append((address, len(content), name))
        return address

    def words(self, values: list[int], name: str) -> int:
        """Place 32-bit words that a kernel may only read."""
        content = b"".join((value & 0xFFFFFFFF).to_bytes(4, "little") for value in values)
        return self.place(content, name, is_constant=True)

    def allow(self, address: int, length: int, how: int = _WRITE) -> None:
        """Say what may be done with bytes."""
        self.allowed[address - START : address - START + length] = bytes([how]) * length

    def read(self, address: int, length: int) -> bytes:
        """Bytes at an address."""
        return bytes(self.content[address - START : address - START + length])

    def word(self, address: int) -> int:
        """The 32-bit word at an address."""
        return int.from_bytes(self.read(address, 4), "little")

    def check(self, address: int, size: int, is_store: bool) -> None:
        """Fault where a load or store is not aligned, or not within one buffer."""
        at = address - START
        if address % size or not 0 <= at <= BYTES - size:
            raise Fault(self._told(address, size, is_store))
        needed = _WRITE if is_store else _READ
        if any(how & needed != needed for how in self.allowed[at : at + size]):
            raise Fault(self._told(address, size, is_store))

    def _told(self, address, size, is_store):
        what = f"{'store' if is_store else 'load'} of {size} bytes at {address:#x}"
        if address % size:
            return f"{what}: not aligned"
        return f"{what}: {self._near(address)}"

    def _near(self, address):
        """The buffer that was missed, and by how much."""
        if not self._names:
            return "nothing is there"
        start, length, name = min(
            self._names, key=lambda each: max(each[0] - address, address - each[0] - each[1], 0)
        )
        if address < start:
            return f"{start - address} bytes before {name}"
        past = address - start - length
        return f"{past} bytes past the end of {name}" if past >= 0 else f"in {name}, read only"
