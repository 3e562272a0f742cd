"""xtensawin machine code, run block by block: each is made a Python function once.

Registers are those of one window. A call of the runtime leaves rubbish in those that the
callee may use, so that nothing rests on them.
"""

from collections.abc import Callable

from sleepsync.isa import memory as data
from sleepsync.isa.fault import Fault
from sleepsync.isa.memory import Memory
from sleepsync.isa.runtime import CALL, CODE, TRAP_BYTES, TRAPS, Runtime, signed
from sleepsync.isa.xtensa_code import Instruction, decode

_RETURN = 0xFFFFFFF0  # of a block: the function is over
_RETURN_ADDRESS = 0x80000000
_RUBBISH = 0xDEAD0000
_MOST_BLOCKS = 50_000_000
_LOST_IN_CALL = (8, 9, 11, 12, 13, 14, 15)


class Xtensa:
    """A core with code at CODE."""

    def __init__(self, code: bytes, memory: Memory, runtime: Runtime):
        self._code, self._memory, self._runtime = bytes(code), memory, runtime
        self._blocks: dict[int, tuple[Callable[[], int], int]] = {}
        self._registers, self._sar = [0] * 16, [0]
        self.instructions = 0
        self._world = {
            "R": self._registers,
            "SAR": self._sar,
            "M": 0xFFFFFFFF,
            "signed": signed,
            "load": self._load,
            "store": self._store,
            "constant": self._constant,
            "call": self._call,
        }

    def run(self, start: int, arguments: list[int]) -> int:
        """Call the code at `start`; its result. Raises Fault."""
        self.instructions = 0
        return self._enter(start, arguments, data.STACK + data.STACK_BYTES - 64)

    def _enter(self, start, arguments, stack):
        registers = self._registers
        registers[:] = [_RUBBISH | i for i in range(16)]
        registers[0], registers[1] = _RETURN_ADDRESS, stack
        registers[2 : 2 + len(arguments)] = arguments
        pc = start
        for _ in range(_MOST_BLOCKS):
            if pc not in self._blocks:
                self._blocks[pc] = self._translated(pc)
            block, length = self._blocks[pc]
            self.instructions += length
            pc = block()
            if pc == _RETURN:
                if registers[0] != _RETURN_ADDRESS:
                    raise Fault("the return address is lost")
                return registers[2]
        raise Fault(f"no end after {_MOST_BLOCKS} blocks")

    def _translated(self, pc):
        """(a function that runs the block at `pc` and gives the next's address, its length)."""
        lines, length = [], 0
        while True:
            at = pc - CODE
            if not 0 <= at < len(self._code):
                raise Fault(f"a jump out of the code, to {pc:#x}")
            one = decode(self._code, at, pc)
            pc += one.size
            length += 1
            if one.ends_block:
                break
            lines.append(one.line)
        lines += _ending(one, pc)
        found: dict[str, Callable[[], int]] = {}
        exec("def block():\n " + "\n ".join(lines), self._world, found)
        return found["block"], length

    def _load(self, address, size):
        address &= 0xFFFFFFFF
        self._memory.check(address, size, False)
        at = address - data.START
        return int.from_bytes(self._memory.content[at : at + size], "little")

    def _store(self, address, size, value):
        address &= 0xFFFFFFFF
        self._memory.check(address, size, True)
        at = address - data.START
        mask = (1 << 8 * size) - 1
        self._memory.content[at : at + size] = (value & mask).to_bytes(size, "little")

    def _constant(self, address):
        """What `l32r` reads: a word among the code."""
        at = address - CODE
        if address % 4 or not 0 <= at <= len(self._code) - 4:
            raise Fault(f"a constant outside the code, at {address:#x}")
        return int.from_bytes(self._code[at : at + 4], "little")

    def _call(self, target):
        """`callx8` of the runtime: arguments and result are in registers 10 and up."""
        registers = self._registers
        if target % 4 or not TRAPS <= target < TRAPS + TRAP_BYTES:
            raise Fault(f"a call of {target:#x}, which is not the runtime's")
        entry, (a, b, c) = (target - TRAPS) >> 2, registers[10:13]
        result = self._kernel(a, b, c) if entry == CALL else self._runtime.enter(entry, a, b)
        for i in _LOST_IN_CALL:
            registers[i] = _RUBBISH | i
        registers[10] = result & 0xFFFFFFFF

    def _kernel(self, function, count, arguments):
        """A kernel calls a kernel: it has a window of its own."""
        kept, sar = list(self._registers), self._sar[0]
        start = self._runtime.code_of(function)
        result = self._enter(start, [function, count, 0, arguments], kept[1] - 256)
        self._registers[:] = kept
        self._sar[0] = sar
        return result


def _ending(last: Instruction, following: int) -> list[str]:
    """Lines that leave a block."""
    if last.is_return:
        return [f"return {_RETURN}"]
    if last.call is not None:
        return [f"call(R[{last.call}])", f"return {following}"]
    if last.jump_to is not None:
        return [f"return R[{last.jump_to}]"]
    if last.test:
        return [f"return {last.target} if {last.test} else {following}"]
    return [f"return {last.target}"]
