"""What viper source means on a 32-bit chip, evaluated naively: every step is wrapped.

Written without a look at the rewriter: no interval, no shortcut. It interprets the
syntax tree of one module; buffers are arrays or bytearrays and are changed in place.
"""

import ast
import operator
from contextlib import suppress

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_WORDS = ("int", "uint")
_MASKS = {"ptr8": 0xFF, "ptr16": 0xFFFF, "ptr32": 0xFFFFFFFF}


class Word(int):
    """A 32-bit word that knows whether it is signed."""

    kind: str

    def __new__(cls, value: int, kind: str = "int"):
        value = int(value) & 0xFFFFFFFF
        word = super().__new__(cls, value - (1 << 32) * (kind == "int" and value >> 31))
        word.kind = kind
        return word


class _Returned(Exception):
    pass


class _Left(Exception):
    pass


class _Skipped(Exception):
    pass


class Oracle:
    """The functions of `source`, as a 32-bit chip would run them."""

    def __init__(self, source: str):
        body = ast.parse(source).body
        self._functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
        self._constants = {}
        for node in body:
            if isinstance(node, ast.Assign):
                self._constants[node.targets[0].id] = eval(ast.unparse(node.value.args[0]), {})

    def call(self, name: str, *arguments):
        """The result of function `name`: an int or None."""
        function = self._functions[name]
        names = dict(self._constants)
        for argument, value in zip(function.args.args, arguments, strict=True):
            kind = argument.annotation.id
            names[argument.arg] = Word(value, kind) if kind in _WORDS else (kind, value)
        try:
            self._run(function.body, names)
        except _Returned as result:
            return None if result.args[0] is None else int(result.args[0])
        return None

    def _run(self, statements, names):
        for statement in statements:
            getattr(self, f"_{type(statement).__name__.lower()}")(statement, names)

    def _expr(self, node, names):
        if not isinstance(node.value, ast.Constant):  # a docstring
            self._of(node.value, names)

    def _return(self, node, names):
        raise _Returned(self._of(node.value, names) if node.value else None)

    def _break(self, node, names):
        raise _Left

    def _continue(self, node, names):
        raise _Skipped

    def _pass(self, node, names):
        pass

    def _assign(self, node, names):
        self._set(node.targets[0], self._of(node.value, names), names)

    def _augassign(self, node, names):
        value = self._apply(node.op, self._of(node.target, names), self._of(node.value, names))
        self._set(node.target, value, names)

    def _set(self, target, value, names):
        if isinstance(target, ast.Name):
            names[target.id] = value
            return
        kind, view, index = self._element(target, names)
        view[index] = int(value) & _MASKS[kind]

    def _element(self, node, names):
        kind, buffer = names[node.value.id]
        flat = memoryview(buffer).cast("B")
        return (
            kind,
            flat.cast({"ptr8": "B", "ptr16": "H", "ptr32": "I"}[kind]),
            self._of(node.slice, names),
        )

    def _if(self, node, names):
        self._run(node.body if self._of(node.test, names) else node.orelse, names)

    def _while(self, node, names):
        with suppress(_Left):
            while self._of(node.test, names):
                self._turn(node, names)

    def _for(self, node, names):
        with suppress(_Left):
            for i in range(*(self._of(argument, names) for argument in node.iter.args)):
                names[node.target.id] = Word(i)
                self._turn(node, names)

    def _turn(self, loop, names):
        with suppress(_Skipped):
            self._run(loop.body, names)

    # -- expressions

    def _of(self, node, names):
        match node:
            case ast.Constant(value):
                return Word(value)
            case ast.Name(name):
                value = names[name]
                return Word(value) if type(value) is int else value
            case ast.UnaryOp(ast.USub(), operand):
                return Word(-self._of(operand, names))
            case ast.BinOp(left, op, right):
                return self._apply(op, self._of(left, names), self._of(right, names))
            case ast.Compare(left, [op], [right]):
                return self._compare(op, self._of(left, names), self._of(right, names))
            case ast.BoolOp(ast.And(), values):
                return all(self._of(value, names) for value in values)
            case ast.BoolOp(ast.Or(), values):
                return any(self._of(value, names) for value in values)
            case ast.IfExp(test, body, otherwise):
                return self._of(body if self._of(test, names) else otherwise, names)
            case ast.Subscript():
                _, view, index = self._element(node, names)
                return Word(view[index])
            case ast.Call(ast.Name("int" | "uint" as kind), [argument]):
                return Word(self._of(argument, names), kind)
            case ast.Call(ast.Name(name), arguments):
                return self._called(name, [self._of(argument, names) for argument in arguments])
        raise NotImplementedError(ast.dump(node))

    def _called(self, name, arguments):
        arguments = [a[1] if isinstance(a, tuple) else a for a in arguments]
        if name in self._functions:
            return self.call(name, *arguments)
        return {"abs": abs, "min": min, "max": max, "len": len}[name](*arguments)

    def _apply(self, op, left, right):
        return Word(_OPERATORS[type(op)](int(left), int(right)), left.kind)

    def _compare(self, op, left, right):
        return _OPERATORS[type(op)](int(left), int(Word(right, left.kind)))
