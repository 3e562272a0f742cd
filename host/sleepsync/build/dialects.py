"""The two languages that kernels are rewritten into, and how each makes a 32-bit word.

Both know viper's int, uint and pointers; they must give the chip's value for every input.
"""

import ast
from types import MappingProxyType

from .values import DOMAINS, Interval


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """The expression `name(arguments)`."""
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def constant(value: int) -> ast.Constant:
    """The literal `value`."""
    return ast.Constant(value)


_NARROW: dict[str, Interval] = {"ptr8": (0, 0xFF), "ptr16": (0, 0xFFFF)}


class Viper64:
    """Viper on a VM whose words have 64 bits; it zero-extends what it loads by `ptr32`."""

    metered = True
    loads = MappingProxyType({**_NARROW, "ptr32": None})

    def cast(self, node: ast.expr, kind: str) -> ast.expr:
        """`node` with the viper type `kind`, its bits untouched."""
        return call(kind, node)

    def number(self, node: ast.expr, kind: str) -> ast.expr:
        """The bool or object `node` as a `kind`, of whatever width."""
        return call(kind, node)

    def wrap(self, node: ast.expr, kind: str) -> ast.expr:
        """The low 32 bits of `node`, which has type `kind`, extended as `kind` asks."""
        if kind == "uint":
            return ast.BinOp(node, ast.BitAnd(), constant(0xFFFFFFFF))
        up = ast.BinOp(node, ast.LShift(), constant(32))
        return ast.BinOp(up, ast.RShift(), constant(32))


class Plain:
    """Python without viper, for a VM that cannot run machine code (see words32.py)."""

    metered = False
    loads = MappingProxyType({**_NARROW, "ptr32": DOMAINS["int"]})

    def cast(self, node: ast.expr, kind: str) -> ast.expr:
        """`node`: Python's integers have one type."""
        return node

    def number(self, node: ast.expr, kind: str) -> ast.expr:
        """The bool or object `node` as a number."""
        return call("int", node)

    def wrap(self, node: ast.expr, kind: str) -> ast.expr:
        """The low 32 bits of `node` as the number that `kind` makes of them."""
        return call(f"{kind}32", node)


class Plain64(ast.NodeTransformer):
    """The simulator's own kernels, which use the desktop VM's 64 bits, in plain Python.

    Every result that could pass 64 bits is cut; `ptr32` reads unsigned, as there.
    """

    helpers = "from words32 import int64, ptr8, ptr16, ptr32_unsigned as ptr32"
    _GROWS = (ast.Add, ast.Sub, ast.Mult, ast.LShift)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """An operation, cut if it can grow."""
        self.generic_visit(node)
        return call("int64", node) if isinstance(node.op, self._GROWS) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """`a += b` as `a = a + b`, so that it is cut."""
        source = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], self.visit(ast.BinOp(source, node.op, node.value)))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """A function without its decorator, its pointers made into views first."""
        self.generic_visit(node)
        views = [(a.arg, ast.unparse(a.annotation)) for a in node.args.args if a.annotation]
        prelude = [ast.parse(f"{name} = {kind}({name})").body[0] for name, kind in views]
        bare = ast.arguments([], [ast.arg(a.arg) for a in node.args.args], None, [], [], None, [])
        return ast.FunctionDef(node.name, bare, prelude + node.body, [], None, lineno=1)
