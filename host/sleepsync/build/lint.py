"""Refuses source that is known to miscompile, or to differ between desktop and chip.

It reads; it must never change what it reads.
"""

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from . import kernels
from .errors import BuildError, Refusal

_EMITTERS = ("viper", "native", "asm_xtensa", "asm_thumb", "asm_rv32")


def check(source: str, path: str) -> None:
    """Raise BuildError with every refusal of `source`; `path` runs from the repository's root."""
    refusals = refused(source, path)
    if refusals:
        raise BuildError("\n".join(map(str, refusals)))


def refused(source: str, path: str) -> list[Refusal]:
    """All that stands in the way of `source`, in the order of its lines."""
    try:
        tree = ast.parse(source, path)
    except SyntaxError as error:
        return [Refusal(path, error.lineno or 1, f"no Python: {error.msg}", "correct it")]
    found = list(_machine_code(tree, path))
    if not PurePosixPath(path).stem.endswith("_kernels"):
        return found
    if PurePosixPath(path).is_relative_to("hw/sim"):
        return sorted([*found, *_miscompiled(tree, path)], key=lambda refusal: refusal.line)
    return sorted([*found, *_floats(tree, path), *_inexact(source, path)], key=lambda r: r.line)


def _machine_code(tree, path) -> Iterator[Refusal]:
    """Viper outside the kernel files, and every other emitter anywhere."""
    allowed = ("viper",) if PurePosixPath(path).stem.endswith("_kernels") else ()
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", []):
            name = ast.unparse(decorator).split(".")[-1]
            if name in _EMITTERS and name not in allowed:
                remedy = "write viper, in a file named *_kernels.py"
                yield Refusal(path, decorator.lineno, f"@{name} in this file", remedy)


def _floats(tree, path) -> Iterator[Refusal]:
    """Float constants in a kernel file's plain functions: 32 bits on the chip, 64 here."""
    for function in filter(_is_plain, ast.walk(tree)):
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield Refusal(path, node.lineno, f"float {node.value}", "use fixed point")


def _is_plain(node):
    return isinstance(node, ast.FunctionDef) and not kernels.is_viper(node)


def _inexact(source, path):
    try:
        kernels.for_unix(source, path)
    except kernels.RefusedKernel as refused_kernel:
        return refused_kernel.refusals
    return []


def _miscompiled(tree, path) -> Iterator[Refusal]:
    """What mpy-cross itself gets wrong, for kernels that are used as they are."""
    for function in filter(kernels.is_viper, ast.walk(tree)):
        for node in ast.walk(function):
            if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
                trap = "unary operator on a variable miscompiles"
                yield Refusal(path, node.lineno, trap, "write 0 - x or -1 - x, compare with == 0")
