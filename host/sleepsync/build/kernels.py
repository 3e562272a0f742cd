"""Rewrites a file of viper kernels so that its results equal a 32-bit chip's, bit for bit.

`for_unix` keeps viper, for the 64-bit VM, and lets every kernel count the chip's
instructions; `for_wasm` gives plain Python. What cannot be rewritten exactly is
refused, never guessed.
"""

import ast

from .dialects import Plain, Plain64, Viper64
from .errors import Refusal, Trap
from .expressions import Expressions
from .functions import COUNTER, Kernel


def for_unix(source: str, path: str) -> str:
    """`source` in viper that is exact and metered on the 64-bit VM.

    Raises RefusedKernel.
    """
    return _rewritten(source, path, Viper64(), f"from meter import instructions as {COUNTER}")


def for_wasm(source: str, path: str) -> str:
    """`source` in plain Python with the same results, using words32.py.

    Raises RefusedKernel.
    """
    names = "int32, ptr8, ptr16, ptr32, uint32"
    return _rewritten(source, path, Plain(), f"from words32 import {names}")


def simulator_for_wasm(source: str, path: str) -> str:
    """A kernel file of the simulator, which counts on 64-bit words, in plain Python."""
    return _written(Plain64().visit(ast.parse(source, path)), Plain64.helpers)


class RefusedKernel(Exception):
    """What stands in a kernel file and cannot be exact: one Refusal a line."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = refusals


def is_viper(function: ast.AST) -> bool:
    """True for a function under `@micropython.viper`."""
    return isinstance(function, ast.FunctionDef) and any(
        ast.unparse(decorator).split(".")[-1] == "viper" for decorator in function.decorator_list
    )


def _rewritten(source, path, dialect, helpers):
    tree = ast.parse(source, path)
    traps = _hidden(tree)
    constants, functions = _constants(tree), _callables(tree)
    for i, node in enumerate(tree.body):
        if is_viper(node):
            kernel = Kernel(node, dialect, constants, functions)
            tree.body[i] = kernel.rewritten()
            traps += kernel.traps
    if traps:
        raise RefusedKernel([Refusal(path, t.line, t.trap, t.remedy) for t in traps])
    return _written(tree, helpers)


def _hidden(tree):
    """Viper where the rewriter does not look."""
    inner = (node for node in ast.walk(tree) if is_viper(node) and node not in tree.body)
    return [Trap(node, "viper inside another block", "move it to the file's top") for node in inner]


def _written(tree, helpers):
    after_docstring = int(ast.get_docstring(tree) is not None)
    tree.body.insert(after_docstring, ast.parse(helpers).body[0])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _constants(tree):
    """The module's `NAME = const(...)`, which the compiler folds."""
    found: dict[str, int] = {}
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name("const"), [expression])):
                value = Expressions(Plain(), found, set()).constant(expression)
                if value is not None:
                    found[name] = value
    return found


def _callables(tree):
    """The names that this file defines as functions or imports."""
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return names | {alias.asname or alias.name for node in imports for alias in node.names}
