"""Xtensa instructions that viper emits for xtensawin, as lines of Python on registers `R`.

From the Xtensa instruction set summary: fields op0, t, s, r, op1, op2 from the lowest bits of
an instruction of 24 bits on; op0 of 8 and more marks one of 16. Anything else is a Fault.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sleepsync.isa.fault import Fault

_LOADS = {
    0: ("load(R[{s}]+{i}, 1)", 0),
    1: ("load(R[{s}]+{i}, 2)", 1),
    2: ("load(R[{s}]+{i}, 4)", 2),
}
_STORES = {4: 1, 5: 2, 6: 4}
_ALU = {
    1: "R[{s}] & R[{t}]",
    2: "R[{s}] | R[{t}]",
    3: "R[{s}] ^ R[{t}]",
    8: "R[{s}] + R[{t}] & M",
    9: "(R[{s}] << 1) + R[{t}] & M",
    10: "(R[{s}] << 2) + R[{t}] & M",
    11: "(R[{s}] << 3) + R[{t}] & M",
    12: "R[{s}] - R[{t}] & M",
}
_SHIFTS = {
    9: "R[{t}] >> SAR[0]",
    10: "R[{s}] << 32 >> SAR[0] & M",
    11: "signed(R[{t}]) >> SAR[0] & M",
}
_ZERO_TESTS = ("R[{s}] == 0", "R[{s}] != 0", "R[{s}] >> 31", "not R[{s}] >> 31")
_TESTS = {
    0: "not R[{s}] & R[{t}]",
    1: "R[{s}] == R[{t}]",
    2: "signed(R[{s}]) < signed(R[{t}])",
    3: "R[{s}] < R[{t}]",
    8: "R[{s}] & R[{t}]",
    9: "R[{s}] != R[{t}]",
    10: "signed(R[{s}]) >= signed(R[{t}])",
    11: "R[{s}] >= R[{t}]",
}


@dataclass(frozen=True)
class Instruction:
    """`line`: what it does. One that ends a block has where it goes on instead: `test` (true:
    to `target`, false: behind it), `target` alone, `jump_to` a register, a `call` of the
    address in a register, or a return.
    """

    size: int
    line: str = "pass"
    test: str = ""
    target: int | None = None
    jump_to: int | None = None
    call: int | None = None
    is_return: bool = False

    @property
    def ends_block(self) -> bool:
        """Whether what follows in memory is not simply the next."""
        ends = (self.target, self.jump_to, self.call)
        return self.is_return or any(end is not None for end in ends)


def decode(code: bytes, at: int, pc: int) -> Instruction:
    """The instruction at index `at` of `code`, which the core sees at address `pc`."""
    if at + 1 >= len(code):
        raise Fault(f"the code ends at {pc:#x}")
    op0, t, s, r = code[at] & 15, code[at] >> 4, code[at + 1] & 15, code[at + 1] >> 4
    if op0 >= 8:
        return _narrow(op0, t, s, r, pc)
    if at + 2 >= len(code):
        raise Fault(f"the code ends at {pc:#x}")
    word = int.from_bytes(code[at : at + 3], "little")
    wide: dict[int, Callable] = {0: _rst, 1: _l32r, 2: _lsai, 6: _si, 7: _branch}
    if op0 not in wide:
        raise _unknown(word, pc)
    return wide[op0](word, t, s, r, pc)


def _narrow(op0, t, s, r, pc):
    word = op0 | t << 4 | s << 8 | r << 12
    if op0 == 8:
        return Instruction(2, f"R[{t}] = load(R[{s}]+{4 * r}, 4)")
    if op0 == 9:
        return Instruction(2, f"store(R[{s}]+{4 * r}, 4, R[{t}])")
    if op0 == 10:
        return Instruction(2, f"R[{r}] = R[{s}] + R[{t}] & M")
    if op0 == 11:
        return Instruction(2, f"R[{r}] = R[{s}] + {t or -1} & M")
    if op0 == 12:
        return _narrow_constant_or_branch(t, s, r, pc)
    if op0 == 13 and r == 0:
        return Instruction(2, f"R[{t}] = R[{s}]")
    if word == 0xF01D:
        return Instruction(2, is_return=True)
    if word == 0xF03D:
        return Instruction(2)
    raise _unknown(word, pc)


def _narrow_constant_or_branch(t, s, r, pc):
    if t < 8:
        value = t << 4 | r
        value -= 128 if value >= 96 else 0
        return Instruction(2, f"R[{s}] = {value & 0xFFFFFFFF}")
    test = f"R[{s}] {'!=' if t & 4 else '=='} 0"
    return Instruction(2, test=test, target=pc + 4 + ((t & 3) << 4 | r))


def _rst(word, t, s, r, pc):
    op1, op2 = word >> 16 & 15, word >> 20
    if (op1, op2, r) == (0, 0, 0):
        return _control(word, t, s, pc)
    if op1 == 0 and op2 in _ALU:
        return Instruction(3, f"R[{r}] = " + _ALU[op2].format(s=s, t=t))
    if (op1, op2) == (0, 4) and r in (0, 1):
        count = f"R[{s}] & 31" if r == 0 else f"32 - (R[{s}] & 31)"
        return Instruction(3, f"SAR[0] = {count}")
    if (op1, op2, s) == (0, 6, 0):
        return Instruction(3, f"R[{r}] = -R[{t}] & M")
    if op1 == 1 and op2 in _SHIFTS:
        return Instruction(3, f"R[{r}] = " + _SHIFTS[op2].format(s=s, t=t))
    if (op1, op2) == (2, 8):
        return Instruction(3, f"R[{r}] = R[{s}] * R[{t}] & M")
    raise _unknown(word, pc)


def _control(word, t, s, pc):
    if t == 0b1001:
        return Instruction(3, is_return=True)
    if t == 0b1010:
        return Instruction(3, jump_to=s)
    if t == 0b1110:
        return Instruction(3, call=s)
    raise _unknown(word, pc)


def _l32r(word, t, s, r, pc):
    address = ((pc + 3) & ~3) + ((word >> 8) - 0x10000 << 2)
    return Instruction(3, f"R[{t}] = constant({address})")


def _lsai(word, t, s, r, pc):
    imm8 = word >> 16
    if r in _LOADS:
        text, scale = _LOADS[r]
        return Instruction(3, f"R[{t}] = " + text.format(s=s, i=imm8 << scale))
    if r == 9:
        return Instruction(3, f"R[{t}] = (load(R[{s}]+{2 * imm8}, 2) ^ 0x8000) - 0x8000 & M")
    if r in _STORES:
        size = _STORES[r]
        return Instruction(3, f"store(R[{s}]+{imm8 * size}, {size}, R[{t}])")
    if r == 10:
        return Instruction(3, f"R[{t}] = {_signed(s << 8 | imm8, 12) & 0xFFFFFFFF}")
    if r == 12:
        return Instruction(3, f"R[{t}] = R[{s}] + {_signed(imm8, 8)} & M")
    raise _unknown(word, pc)


def _si(word, t, s, r, pc):
    n, m = t & 3, t >> 2
    if n == 0:
        return Instruction(3, target=pc + 4 + _signed(word >> 6, 18))
    if n == 1:
        target = pc + 4 + _signed(word >> 12, 12)
        return Instruction(3, test=_ZERO_TESTS[m].format(s=s), target=target)
    if (n, m) == (3, 0):
        return Instruction(3, f"R[{s}] = R[1] - {(word >> 12) << 3}")
    raise _unknown(word, pc)


def _branch(word, t, s, r, pc):
    if r not in _TESTS:
        raise _unknown(word, pc)
    target = pc + 4 + _signed(word >> 16, 8)
    return Instruction(3, test=_TESTS[r].format(s=s, t=t), target=target)


def _signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


def _unknown(word, pc):
    return Fault(f"no instruction that viper emits: {word:#x} at {pc:#x}")
