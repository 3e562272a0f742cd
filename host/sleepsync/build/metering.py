"""How many instructions of the chip a stretch of viper takes, judged from its source.

The weights were fitted by least squares to the instruction counts of rv32imc code in
Unicorn, over ten signal kernels and 200 random programs: the former came out within
5 %, the latter within 20 %. Xtensa takes 4-9 % more. They are an estimate: they must
decide nothing but the simulator's charge.
"""

import ast

# What happens in MicroPython's runtime, which Unicorn does not run, is judged from its source.
ENTRY = 60  # the VM's call of a viper function, its prologue and epilogue
ENTRY_PER_ARGUMENT = 40  # from object to word or buffer address; 12 of it in the kernel itself
CALL = 150  # of a Python object: name looked up, arguments boxed, result unboxed
DIVIDE = 20  # // and %: a runtime helper that looks at the signs

_NAME = 2.5  # a local mostly lies on the stack; its stores are in this figure too
_CONSTANT = 1.2
_OPERATION = 1.6
_COMPARISON = 0.9
_CONDITION = 3.9  # and, or
_CHOICE = 4.4  # a if b else c
_LOAD = 2.0
_STORE = 4.2
_UPDATE_NAME = 2.4  # a += b, besides the sum
_UPDATE_ELEMENT = 4.1
_IF = 0.7
_WHILE_TURN = 0.3
_FOR_TURN = 16.5  # viper keeps a range's counter and end on the stack
_RARELY = 0.5  # of the operands after the first of and/or: they are not always looked at


def cost(node: ast.AST | None) -> float:
    """Instructions to evaluate an expression or a simple statement once."""
    match node:
        case ast.Name(ctx=ast.Load()):
            return _NAME
        case ast.Constant():
            return _CONSTANT
        case ast.Subscript(slice=index, ctx=ast.Load()):
            return _LOAD + cost(index)
        case ast.Subscript(slice=index):
            return _STORE + cost(index)
        case ast.AugAssign():
            return _update(node)
        case ast.BoolOp(values=[first, *others]):
            return _CONDITION + cost(first) + _RARELY * sum(map(cost, others))
        case ast.IfExp(test, body, otherwise):
            return _CHOICE + cost(test) + (cost(body) + cost(otherwise)) / 2
        case ast.Call(function, arguments):
            is_cast = isinstance(function, ast.Name) and function.id in ("int", "uint")
            return (0.0 if is_cast else CALL) + sum(map(cost, arguments))
        case None:
            return 0.0
    return _own(node) + sum(map(cost, ast.iter_child_nodes(node)))


def _own(node):
    if isinstance(node, ast.BinOp):
        return _OPERATION + _helper(node.op)
    return _COMPARISON if isinstance(node, ast.Compare) else 0.0


def _helper(operator):
    return DIVIDE if isinstance(operator, (ast.FloorDiv, ast.Mod)) else 0.0


def _update(node):
    sum_of_both = _OPERATION + _helper(node.op) + cost(node.value)
    if isinstance(node.target, ast.Subscript):
        both_ways = _LOAD + _STORE + 2 * cost(node.target.slice)
        return sum_of_both + _UPDATE_ELEMENT + both_ways
    return sum_of_both + _UPDATE_NAME + _NAME


def entry(function: ast.FunctionDef) -> float:
    """Instructions to get into `function` and out of it."""
    return ENTRY + ENTRY_PER_ARGUMENT * len(function.args.args)


def head(statement: ast.stmt) -> float:
    """Instructions of a statement up to the first block inside it."""
    match statement:
        case ast.If(test) | ast.While(test):
            return _IF + cost(test)
        case ast.For(iter=ast.Call(args=bounds)):
            return sum(map(cost, bounds))
    return cost(statement)


def again(loop: ast.While | ast.For) -> float:
    """Instructions that every turn of `loop` costs besides its body."""
    return _WHILE_TURN + cost(loop.test) if isinstance(loop, ast.While) else _FOR_TURN


def may_escape(statement: ast.stmt) -> bool:
    """True if what follows `statement` in its block may not run after it."""
    leaving = (ast.Return, ast.Break, ast.Continue)
    return any(isinstance(node, leaving) for node in ast.walk(statement))
