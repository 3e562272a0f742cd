"""Small kernels at the edges of what the rewriter may believe of a value."""

# Each of these is wrong if what is known of a value is narrower than the truth by one.
_EDGE_BODIES = (
    "if a > 0 and a < 0x20000000:\n        return (a * 4 + 4) >> 1",
    "if a > 0 and a <= 0x1FFFFFFF:\n        return (a * 4 + 4) >> 1",
    "if a < 0 and a > -0x20000002:\n        return (a * 4) >> 1",
    "if a < 0 and a >= -0x20000001:\n        return (a * 4) >> 1",
    "if a == 0x20000000:\n        return (a * 4) >> 1",
    "if 0x20000000 > a and 0 < a:\n        return (a * 4 + 4) >> 1",
    "if a > 0 or a < 3:\n        return (a + 1) >> 1",
    "while a > 0 and a < 0x20000000:\n        a = (a * 4 + 4) >> 1",
    "for i in range(0x1FFFFFFE, 0x20000000):\n        b ^= (i * 4 + 4) >> 1\n    return b",
    "if a > 0:\n        v = 5\n    else:\n        v = b\n    return (v + 1) >> 1",
    "if a > 0:\n        v = b\n    else:\n        v = 5\n    return (v + 1) >> 1",
    "v = a if a > 0 and a < 3 else b\n    return (v + 1) >> 1",
    "v = b if a > 0 else 3\n    return (v + 1) >> 1",
    "v = 1\n    for i in range(4):\n        v = (v + 0x3FFFFFFF) >> 1\n        v *= 2",
    "return (a & u) >> 1",
    "return (a | u) >> 1",
    "return (a + u) >> 1",
    "return (a & b) >> 1",
    "v = int(r[0]) & 5 | int(r[1]) & 2\n    return (v * 0x15555555) >> 1",
    "v = int(r[0]) & 5 ^ int(r[1]) & 2\n    return (v * 0x15555555) >> 1",
    "return (int(q[0]) * 0x8001) >> 1",
    "return (int(r[0]) * 0x808081) >> 1",
    "return (a % 9 * 0x10000000) >> 1",
    "return a >> 1",
    "return int(u >> 1)",
    "return int((u - uint(1)) >> 4)",
    "return int(u * u >> 31)",
    "return int(u < uint(a)) + int(u + u > u)",
    "return a >> (b & 31)",
    "return a << (b & 31) >> 1",
    "return (a + b) >> (u & 31)",
    "return (b >> (a & 31)) + (b << (a & 31))",
    "return int(u >> (a & 31))",
    "return int(u << (a & 31) >> 1)",
    "return int((u + uint(b)) >> (a & 31) >> 1)",
    "return (b >> (a & 3)) * 4 >> 1",
    "return (int(r[0]) << (a & 31)) >> 1",
    "return (3 << (a & 31)) >> 1",
    "v = a & 31\n    b >>= v\n    return b",
    "b <<= a & 31\n    return b >> 1",
    "if a >= 0 and a < 32:\n        return b >> a",
    "p[a & 7] = a + b\n    return p[(a - 1) & 7] >> 1",
    "p[u & 7] = u\n    return p[(u + u) & 7] >> 1",
)
EDGES = "import micropython\n" + "".join(
    "\n\n@micropython.viper\n"
    f"def edge{i}(a: int, b: int, u: uint, p: ptr32, q: ptr16, r: ptr8) -> int:\n"
    f"    {body}\n" + ("" if "\n    return" in body or body[:6] == "return" else "    return a\n")
    for i, body in enumerate(_EDGE_BODIES)
)

# Python objects that every VM has; the model of the chip's runtime does not.
BUILTINS = """
import micropython


@micropython.viper
def f(a: int, b: int, q: object) -> int:
    return int(abs(a)) >> 1 ^ int(min(a, b)) ^ int(max(a, b)) * 3 ^ int(len(q)) << 20
"""
