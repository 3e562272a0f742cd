"""Kernels to try the build on: ordinary signal processing, and random programs.

Every program takes `f(a: int, b: int, u: uint, p: ptr32, q: ptr16, r: ptr8) -> int`
if it is random, and stays inside buffers of `ELEMENTS` elements.
"""

import random

ELEMENTS = 8
EXTREMES = (0, 1, -1, 2, 7, 127, 128, 255, 256, 32767, 32768, 65535, 0x3FFFFFFF, -0x40000000)
WORDS = (*EXTREMES, 0x7FFFFFFF, -0x80000000, 0x55555555, -0x12345678)
HEADER = "import micropython\nfrom micropython import const\n\n_C = const(37)\n_D = const(-5)\n\n"

DSP = '''"""Ordinary kernels."""

import micropython
from micropython import const

_Q = const(14)


@micropython.viper
def biquad(x: ptr16, c: ptr16, st: ptr32, n: int) -> int:
    """One section over 16-bit samples, in place, with its rounding error fed back."""
    b0 = (int(c[0]) ^ 0x8000) - 0x8000
    b1 = (int(c[1]) ^ 0x8000) - 0x8000
    b2 = (int(c[2]) ^ 0x8000) - 0x8000
    a1 = (int(c[3]) ^ 0x8000) - 0x8000
    a2 = (int(c[4]) ^ 0x8000) - 0x8000
    x1 = int(st[0])
    x2 = int(st[1])
    y1 = int(st[2])
    y2 = int(st[3])
    e = int(st[4])
    i = 0
    while i < n:
        x0 = (int(x[i]) ^ 0x8000) - 0x8000
        acc = b0 * x0 + b1 * x1 + b2 * x2 + a1 * y1 + a2 * y2 + e
        e = acc & ((1 << _Q) - 1)
        x2 = x1
        x1 = x0
        y2 = y1
        y1 = acc >> _Q
        x[i] = y1
        i += 1
    st[0] = x1
    st[1] = x2
    st[2] = y1
    st[3] = y2
    st[4] = e
    return y1


@micropython.viper
def peaks(x: ptr32, out: ptr16, st: ptr32, n: int) -> int:
    """Peaks over an adaptive threshold. st: previous, before that, threshold, wait, time."""
    p1 = int(st[0])
    p2 = int(st[1])
    threshold = int(st[2])
    wait = int(st[3])
    t = int(st[4])
    k = 0
    for i in range(n):
        v = int(x[i])
        if wait > 0:
            wait -= 1
        elif p1 > p2 and p1 >= v and (p1 << 4) > threshold:
            out[k] = t
            k += 1
            wait = 5
            threshold += (p1 << 3) - (threshold >> 1)
        threshold -= threshold >> 8
        p2 = p1
        p1 = v
        t = (t + 1) & 0xFFFF
    st[0] = p1
    st[1] = p2
    st[2] = threshold
    st[3] = wait
    st[4] = t
    return k


@micropython.viper
def ring(x: ptr32, buffer: ptr32, st: ptr32, n: int) -> int:
    """A running sum over the last 16 samples. st: 0 sum, 1 place."""
    total = int(st[0])
    at = int(st[1])
    i = 0
    while i < n:
        total += int(x[i]) - int(buffer[at])
        buffer[at] = x[i]
        x[i] = total >> 4
        at = (at + 1) & 15
        i += 1
    st[0] = total
    st[1] = at
    return total // 16


@micropython.viper
def _weigh(x: int, y: int) -> int:
    return (x * 3 + y * 5) >> 3


@micropython.viper
def mix(x: ptr32, n: int) -> int:
    """Calls another kernel for each sample."""
    y = 0
    i = 0
    while i < n:
        y = int(_weigh(int(x[i]), y))
        x[i] = y
        i += 1
    return y


@micropython.viper
def hash32(r: ptr8, n: int) -> uint:
    """FNV-like, in unsigned words that overflow at every step."""
    h = uint(0x1234567)
    i = 0
    while i < n:
        h = (h ^ uint(r[i])) * 0x1000193
        h ^= h >> 15
        i += 1
    return h


@micropython.viper
def find(x: ptr32, n: int, wanted: int) -> int:
    """The first place of `wanted`, or -1."""
    i = 0
    while i < n:
        if int(x[i]) == wanted:
            return i
        i += 1
    return -1
'''


class Programs:
    """Random viper programs within what the lint allows, from one seed."""

    def __init__(self, seed: int):
        self._random = random.Random(seed)

    def module(self) -> str:
        """One module with the kernel `f` and a helper `g` that it calls."""
        body = [f"v{i} = {self._pick(('a', 'b', self._literal()))}" for i in range(4)]
        body += [f"w{i} = uint({self._pick(('a', 'b', 'u'))})" for i in range(2)]
        lines = [f"    {line}" for line in body]
        for _ in range(self._random.randint(3, 9)):
            lines += self._statement(2, 1)
        lines.append(f"    return {self._int(2)}")
        signature = "def f(a: int, b: int, u: uint, p: ptr32, q: ptr16, r: ptr8) -> int:"
        return HEADER + _HELPER + "\n".join(["@micropython.viper", signature, *lines, ""])

    def words(self, count: int) -> list[int]:
        """`count` signed words, the extremes among them."""
        r = self._random
        return [
            r.choice((r.choice(WORDS), r.randint(-(1 << 31), (1 << 31) - 1))) for _ in range(count)
        ]

    def _pick(self, choices):
        return self._random.choice(choices)

    def _literal(self):
        return self._pick([*EXTREMES, self._random.randint(-(1 << 29), 1 << 29), "_C", "_D"])

    def _element(self, depth):
        index = self._pick([str(self._random.randrange(ELEMENTS)), f"({self._int(depth)}) & 7"])
        return f"{self._pick('pqr')}[{index}]"

    def _int(self, depth):
        if depth <= 0:
            return self._pick(["a", "b", "v0", "v1", "v2", "v3"])
        left, right = self._int(depth - 1), self._int(depth - 1)
        right = self._pick((right, right, f"({self._literal()})"))
        return self._pick(
            [
                lambda: f"({left} {self._pick(_MIXING)} {right})",
                lambda: f"({left} {self._pick(_MIXING)} {self._uint(depth - 1)})",
                lambda: f"({left} {self._pick(('<<', '>>'))} {self._random.randint(0, 31)})",
                lambda: f"({left} {self._pick(('<<', '>>'))} ({self._count(right)}))",
                lambda: f"({left} {self._pick(('//', '%'))} {self._pick((1, 3, 16, 1000))})",
                lambda: self._element(depth - 1),
                lambda: f"int({self._element(depth - 1)})",
                lambda: f"int({self._uint(depth - 1)})",
                lambda: f"int({self._test(depth - 1)})",
                lambda: f"int(g({left}, {right}))",
                lambda: f"({left} if {self._test(depth - 1)} else {right})",
            ]
        )()

    def _uint(self, depth):
        if depth <= 0:
            return self._pick(["u", "w0", "w1"])
        left = self._uint(depth - 1)
        return self._pick(
            [
                lambda: f"uint({self._int(depth - 1)})",
                lambda: f"({left} {self._pick(_MIXING)} {self._uint(depth - 1)})",
                lambda: f"({left} {self._pick(_MIXING)} {self._int(depth - 1)})",
                lambda: f"({left} {self._pick(('<<', '>>'))} {self._random.randint(0, 31)})",
                lambda: f"({left} {self._pick(('<<', '>>'))} ({self._count(self._int(0))}))",
            ]
        )()

    def _count(self, word):
        """How far to shift by a variable: what is known to be 0 to 31."""
        word = self._pick((word, self._uint(0)))
        return self._pick(
            (f"{word} & 31", f"{word} & 15", f"({word} & 15) + 16", f"int({word}) % 32")
        )

    def _test(self, depth):
        make = self._pick((self._int, self._uint))
        return f"{make(depth)} {self._pick(('<', '<=', '>', '>=', '==', '!='))} {make(depth)}"

    def _condition(self):
        first, second = self._test(1), self._test(1)
        return self._pick([first, f"{first} and {second}", f"{first} or {second}", self._int(1)])

    def _statement(self, depth, indent):
        pad = "    " * indent
        v, w, op = self._random.randrange(4), self._random.randrange(2), self._pick(_MIXING)
        simple = [
            lambda: [f"v{v} = {self._int(3)}"],
            lambda: [f"v{v} {op}= {self._int(2)}"],
            lambda: [f"w{w} = {self._uint(3)}"],
            lambda: [f"w{w} {op}= {self._uint(2)}"],
            lambda: [f"{self._element(1)} = {self._pick((self._int, self._uint))(2)}"],
            lambda: [f"{self._element(0)} {op}= {self._int(2)}"],
        ]
        if depth == 0 or self._random.random() < 0.6:
            return [pad + line for line in self._pick(simple)()]
        return [pad + line for line in self._compound(depth)]

    def _compound(self, depth):
        body = self._statement(depth - 1, 1) + self._statement(depth - 1, 1)
        turns, name = self._random.randint(1, 5), f"i{depth}"
        leave = self._pick([[], [f"    if {self._test(1)}:", f"        {self._pick(_LEAVING)}"]])
        return self._pick(
            [
                [f"if {self._condition()}:", *body, "else:", *self._statement(depth - 1, 1)],
                [f"if {self._condition()}:", *body],
                [f"for {name} in range({turns}):", *leave, *body, f"    v0 += {name}"],
                [f"{name} = 0", f"while {name} < {turns}:", f"    {name} += 1", *leave, *body],
            ]
        )


_MIXING = ("+", "-", "*", "&", "|", "^", "+", "-")
_LEAVING = ("break", "continue", "return v1")
_HELPER = '''@micropython.viper
def g(a: int, b: int) -> int:
    """A kernel that `f` calls."""
    return a * b - 3


'''
