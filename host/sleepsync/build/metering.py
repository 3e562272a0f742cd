"""How many instructions of the chip a stretch of viper takes, judged from its source.

The weights were fitted to instruction counts of rv32imc and hold within the tolerance
that the tests state; they are an estimate and must never decide anything but the
simulator's charge.
"""

import ast

CALL = 150  # a call of a Python object from viper: arguments boxed, name looked up, result unboxed
ENTRY = 40  # a viper function's prologue and epilogue, and the VM's call of it
ENTRY_PER_ARGUMENT = 25  # one conversion from object to word or buffer address
LOOP = 1  # the jump back to a loop's test
DIVIDE = 25  # floor division goes through a runtime helper, which looks at the signs

_WEIGHTS = {
    ast.Name: 1.0,
    ast.Constant: 1.0,
    ast.BinOp: 2.0,
    ast.Compare: 3.0,
    ast.BoolOp: 1.0,
    ast.IfExp: 3.0,
    ast.Subscript: 3.0,
    ast.Assign: 0.5,
    ast.AugAssign: 2.5,
    ast.For: 3.0,
    ast.If: 1.0,
    ast.While: 1.0,
    ast.Return: 3.0,
}


def cost(node: ast.AST | None) -> float:
    """Instructions to evaluate an expression or a simple statement once."""
    if node is None:
        return 0.0
    if isinstance(node, ast.Call):
        return _call(node)
    own = _WEIGHTS.get(type(node), 0.0)
    if isinstance(getattr(node, "op", None), (ast.FloorDiv, ast.Mod)):
        own += DIVIDE
    return own + sum(cost(child) for child in ast.iter_child_nodes(node))


def _call(node):
    arguments = sum(cost(argument) for argument in node.args)
    is_cast = isinstance(node.func, ast.Name) and node.func.id in ("int", "uint")
    return arguments if is_cast else arguments + CALL


def entry(function: ast.FunctionDef) -> float:
    """Instructions to get into `function` and out of it."""
    return ENTRY + ENTRY_PER_ARGUMENT * len(function.args.args)


def head(statement: ast.stmt) -> float:
    """Instructions of a statement up to the first block inside it."""
    if isinstance(statement, (ast.If, ast.While)):
        return _WEIGHTS[type(statement)] + cost(statement.test)
    if isinstance(statement, ast.For):
        return cost(statement.iter)
    return cost(statement)


def again(loop: ast.While | ast.For) -> float:
    """Instructions that every further turn of `loop` costs besides its body."""
    test = cost(loop.test) + _WEIGHTS[ast.While] if isinstance(loop, ast.While) else 0.0
    return LOOP + (test or _WEIGHTS[ast.For])


def may_escape(statement: ast.stmt) -> bool:
    """True if what follows `statement` in its block may not run after it."""
    return any(
        isinstance(node, (ast.Return, ast.Break, ast.Continue)) for node in ast.walk(statement)
    )
