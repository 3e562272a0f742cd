"""What is known of a kernel's value: its viper type, and the interval it lies in.

An interval is kept only while it is certain; it must never be narrower than what a
32-bit chip could hold there.
"""

import ast
from dataclasses import dataclass

Interval = tuple[int, int]

DOMAINS: dict[str, Interval] = {"int": (-(1 << 31), (1 << 31) - 1), "uint": (0, (1 << 32) - 1)}
POINTERS = ("ptr8", "ptr16", "ptr32")


@dataclass(frozen=True)
class Value:
    """An expression as it is to be written, with its viper type.

    `interval` None on an int or uint means: only the low 32 bits are right, what
    stands above them is whatever a wider machine left there.
    """

    node: ast.expr
    kind: str  # int, uint, bool, ptr8, ptr16, ptr32 or object
    interval: Interval | None = None

    @property
    def is_word(self) -> bool:
        """True for int and uint."""
        return self.kind in DOMAINS


def within(interval: Interval | None, kind: str) -> Interval | None:
    """`interval` if every number of it is one of `kind` (int, uint), else None."""
    if interval is None:
        return None
    low, high = DOMAINS[kind]
    return interval if low <= interval[0] and interval[1] <= high else None


def _corners(op, a: Interval, b: Interval) -> Interval:
    results = [op(x, y) for x in a for y in b]
    return min(results), max(results)


def arithmetic(op: ast.operator, a: Interval | None, b: Interval | None) -> Interval | None:
    """The interval of `a op b` for + - * << >> // and a % with a positive divisor."""
    if a is None or b is None:
        return None
    if isinstance(op, ast.Mod):
        return 0, b[1] - 1
    return _corners(_OPERATIONS[type(op)], a, b)


_OPERATIONS = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.LShift: lambda x, y: x << y,
    ast.RShift: lambda x, y: x >> y,
    ast.FloorDiv: lambda x, y: x // y,
}


def bitwise(op: ast.operator, a: Value, b: Value) -> Interval | None:
    """The interval of `a & b`, `a | b` or `a ^ b`, typed as `a`.

    An `&` with a number known not to be negative clears whatever stood above it, so
    the other side need not be certain.
    """
    positive = [v.interval[1] for v in (a, b) if v.interval and v.interval[0] >= 0]
    if isinstance(op, ast.BitAnd) and positive:
        return within((0, min(positive)), a.kind)
    if within(b.interval, a.kind) is None or a.interval is None:
        return None
    if len(positive) == 2:
        return 0, (1 << max(positive).bit_length()) - 1
    return DOMAINS[a.kind]


def union(a: Interval | None, b: Interval | None) -> Interval | None:
    """The smallest interval that holds both; None if either is unknown."""
    return (min(a[0], b[0]), max(a[1], b[1])) if a and b else None
