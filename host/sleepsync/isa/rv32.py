"""rv32imc machine code in Unicorn: instructions counted, loads and stores watched."""

from unicorn import (
    UC_ARCH_RISCV,
    UC_HOOK_BLOCK,
    UC_HOOK_CODE,
    UC_HOOK_MEM_READ,
    UC_HOOK_MEM_WRITE,
    UC_MEM_WRITE,
    UC_MODE_RISCV32,
    Uc,
)
from unicorn import riscv_const as rv

from sleepsync.isa import memory as data
from sleepsync.isa.fault import Fault
from sleepsync.isa.memory import Memory
from sleepsync.isa.runtime import CALL, CODE, TRAP_BYTES, TRAPS, Runtime

_RETURN = TRAPS + TRAP_BYTES
_PAGE = 0x1000
_C_JR_RA = b"\x82\x80"
_MOST_REGISTERS = 8  # of arguments


class Rv32:
    """A core with code at CODE. `runtime` None: plain C, which calls nothing."""

    def __init__(self, code: bytes, memory: Memory, runtime: Runtime | None):
        self._memory, self._runtime = memory, runtime
        self._lengths: dict[tuple[int, int], int] = {}
        self.instructions = 0
        self._fault: Fault | None = None
        self._uc = uc = Uc(UC_ARCH_RISCV, UC_MODE_RISCV32)
        size = len(code) + _PAGE & -_PAGE
        self._code_end = CODE + size
        for start, length in ((CODE, size), (data.START, data.BYTES), (TRAPS, 2 * TRAP_BYTES)):
            uc.mem_map(start, length)
        uc.mem_write(CODE, bytes(code))
        uc.mem_write(TRAPS, _C_JR_RA * TRAP_BYTES)
        uc.hook_add(UC_HOOK_BLOCK, self._count, begin=CODE, end=CODE + size - 1)
        uc.hook_add(UC_HOOK_CODE, self._enter, begin=TRAPS, end=_RETURN - 1)
        uc.hook_add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, self._watch)

    def run(self, start: int, arguments: list[int]) -> int:
        """Call the code at `start`; its result. Raises Fault."""
        uc = self._uc
        self.instructions, self._fault = 0, None
        uc.mem_write(data.START, bytes(self._memory.content))
        stack = data.STACK + data.STACK_BYTES - 64
        for i, word in enumerate(arguments[_MOST_REGISTERS:]):
            uc.mem_write(stack + 4 * i, (word & 0xFFFFFFFF).to_bytes(4, "little"))
        uc.reg_write(rv.UC_RISCV_REG_SP, stack)
        uc.reg_write(rv.UC_RISCV_REG_RA, _RETURN)
        self._write(arguments[:_MOST_REGISTERS])
        uc.emu_start(start, _RETURN)
        if self._fault:
            raise self._fault
        self._memory.content[:] = uc.mem_read(data.START, data.BYTES)
        return uc.reg_read(rv.UC_RISCV_REG_A0)

    def _write(self, values):
        for i, value in enumerate(values):
            self._uc.reg_write(rv.UC_RISCV_REG_A0 + i, value & 0xFFFFFFFF)

    def _count(self, uc, address, size, _):
        key = (address, size)
        if key not in self._lengths:
            self._lengths[key] = _instructions(uc.mem_read(address, size))
        self.instructions += self._lengths[key]

    def _watch(self, uc, access, address, size, value, _):
        if access != UC_MEM_WRITE and CODE <= address < self._code_end:
            return  # a constant among the code
        self._guarded(self._memory.check, address, size, access == UC_MEM_WRITE)

    def _enter(self, uc, address, size, _):
        if address & 3 == 0:
            self._guarded(self._serve, (address - TRAPS) >> 2)

    def _serve(self, entry):
        a, b, c = (self._uc.reg_read(rv.UC_RISCV_REG_A0 + i) for i in range(3))
        if self._runtime is None:
            raise Fault("C calls what is not there")
        if entry == CALL:
            self._write([a, b, 0, c])
            self._uc.reg_write(rv.UC_RISCV_REG_PC, self._runtime.code_of(a))
        else:
            self._write([self._runtime.enter(entry, a, b)])

    def _guarded(self, work, *arguments):
        """An exception cannot pass through Unicorn: it is kept until the run is over."""
        try:
            work(*arguments)
        except Fault as fault:
            self._fault = self._fault or fault
            self._uc.emu_stop()


def _instructions(code):
    """How many instructions `code` holds: two bytes if compressed, four if not."""
    at = count = 0
    while at < len(code):
        at += 4 if code[at] & 3 == 3 else 2
        count += 1
    return count
