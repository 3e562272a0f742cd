"""Rewrites the statements of one viper function so that they are exact in 32 bits.

It follows what is certain of each local through branches and loops, and adds, where
the dialect asks for it, what every block costs on the chip.
"""

import ast

from . import metering
from .dialects import Plain, Viper64, call
from .errors import Trap
from .expressions import Expressions
from .values import DOMAINS, POINTERS, Interval, union

COUNTER = "_instructions"  # the simulator's counter, as the rewritten file imports it
_SPENT = "_spent"
_RESULTS = ("int", "uint", "bool", "None", "object")


class Kernel:
    """One viper function on its way into `dialect`; `traps` collects what is refused."""

    def __init__(self, function: ast.FunctionDef, dialect: Viper64 | Plain, constants, functions):
        self.function = function
        self.dialect = dialect
        self.traps: list[Trap] = []
        self.expressions = Expressions(dialect, constants, functions)

    def rewritten(self) -> ast.FunctionDef:
        """The function in the dialect; not to be used if there are traps."""
        function = self.function
        prelude = self._guarded(self._arguments)
        if prelude is None:
            return function
        if self.dialect.metered:
            prelude.append(_assign(_SPENT, ast.Constant(round(metering.entry(function)))))
        body = prelude + self._block(_without_docstring(function.body))
        if self.dialect.metered:
            body.append(_flush())
            arguments, returns, marks = function.args, function.returns, function.decorator_list
        else:
            arguments, returns, marks = _bare(function.args), None, []
        return ast.FunctionDef(function.name, arguments, body, marks, returns, lineno=1)

    def _guarded(self, work, *arguments):
        try:
            return work(*arguments)
        except Trap as trap:
            self.traps.append(trap)
            return None

    # -- arguments

    def _arguments(self):
        arguments = self.function.args
        if arguments.defaults or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
            trap = "default, starred or keyword arguments: viper does not fill them in"
            raise Trap(self.function, trap, "pass every argument by place")
        if self.function.returns and ast.unparse(self.function.returns) not in _RESULTS:
            raise Trap(self.function, "a result that is no word", "return int, uint or bool")
        prelude = [self._argument(argument) for argument in arguments.args]
        return [statement for statement in prelude if statement]

    def _argument(self, argument):
        kind = ast.unparse(argument.annotation) if argument.annotation else "object"
        if kind not in (*DOMAINS, *POINTERS, "object"):
            raise Trap(argument, f"argument of type {kind}", "take int, uint or ptr8/16/32")
        self.expressions.kinds[argument.arg] = kind
        name = ast.Name(argument.arg, ast.Load())
        if kind in DOMAINS:
            return _assign(argument.arg, self.dialect.wrap(name, kind))
        if kind in POINTERS and not self.dialect.metered:
            return _assign(argument.arg, call(kind, name))
        return None

    # -- statements

    def _block(self, statements, more=0.0):
        """The statements of one block; it is charged where it is entered, and again
        after any statement that may leave it."""
        out, segment = [], []
        for statement in statements:
            segment.append(statement)
            if metering.may_escape(statement):
                out += self._segment(segment, more)
                segment, more = [], 0.0
        return out + self._segment(segment, more) if segment or more else out

    def _segment(self, statements, more):
        spent = round(sum(map(metering.head, statements)) + more)
        out = [_charge(spent)] if self.dialect.metered and spent else []
        for statement in statements:
            out += self._guarded(self._statement, statement) or []
        return out or [ast.Pass()]

    def _statement(self, node):
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            name = type(node).__name__.lower()
            raise Trap(node, f"`{name}` in a kernel", "use assignments, if, while, for range")
        return method(node)

    def _pass(self, node):
        return [node]

    _break = _continue = _pass

    def _expr(self, node):
        return [ast.Expr(self.expressions.exact(node.value).node)]

    def _return(self, node):
        flush = [_flush()] if self.dialect.metered else []
        if node.value is None:
            return [*flush, node]
        value = self.expressions.exact(node.value)
        declared = self.function.returns and ast.unparse(self.function.returns)
        if declared in DOMAINS and value.kind != declared:
            raise Trap(node, f"returns {value.kind}, not {declared}", f"use {declared}(...)")
        return [*flush, ast.Return(value.node)]

    def _assign(self, node):
        if len(node.targets) > 1:
            raise Trap(node, "two targets in one assignment", "write two assignments")
        return [self._set(node.targets[0], node.value)]

    def _augassign(self, node):
        if any(map(_is_foreign_call, ast.walk(node.target))):
            raise Trap(node, "a call in the index of an update", "put the index into a local")
        source = ast.parse(ast.unparse(node.target), mode="eval").body
        value = ast.BinOp(source, node.op, node.value)
        for part in (value, *ast.walk(source)):
            ast.copy_location(part, node)
        return [self._set(node.target, value)]

    def _set(self, target, value):
        if isinstance(target, ast.Subscript):
            return self.expressions.store(target, value)
        if not isinstance(target, ast.Name):
            raise Trap(target, "assignment to anything but a local or a pointer", "use a local")
        exact = self._local(target.id, value)
        known = self.expressions.kinds.setdefault(target.id, exact.kind)
        if known != exact.kind:
            raise Trap(target, f"{target.id} is {known}, not {exact.kind}", f"use {known}(...)")
        self._remember(target.id, exact.interval)
        return _assign(target.id, exact.node)

    def _local(self, name, value):
        """What a local is set to; after a refusal it counts as an int, not as one more."""
        try:
            exact = self.expressions.exact(value)
            if exact.kind == "object":
                raise Trap(value, "a local that holds an object", "wrap the value in int(...)")
            return exact
        except Trap:
            self.expressions.kinds.setdefault(name, "int")
            raise

    def _remember(self, name, interval):
        self.expressions.intervals.pop(name, None)
        if interval:
            self.expressions.intervals[name] = interval

    # -- branches and loops: what is known of a local survives only where it is certain

    def _if(self, node):
        test, there = self.expressions.test(node.test)
        before = self.expressions.intervals
        body, after_body = self._in(there, node.body)
        otherwise, after_otherwise = self._in(dict(before), node.orelse)
        self.expressions.intervals = _joined(after_body, after_otherwise)
        return [ast.If(test, body, otherwise)]

    def _in(self, intervals, statements, more=0.0):
        self.expressions.intervals = intervals
        block = self._block(statements, more)
        return block, self.expressions.intervals

    def _while(self, node):
        self._no_else(node)
        self._forget(node)
        test, there = self.expressions.test(node.test)
        body, _ = self._in(there, node.body, metering.again(node))
        self._forget(node)
        return [ast.While(test, body, [])]

    def _for(self, node):
        self._no_else(node)
        if not (isinstance(node.target, ast.Name) and _is_range(node.iter)):
            raise Trap(node, "for over anything but range(n) or range(a, b)", "use while")
        bounds = [self._bound(argument) for argument in node.iter.args]
        name = node.target.id
        if self.expressions.kinds.setdefault(name, "int") != "int":
            raise Trap(node, f"{name} is no int", "use another name")
        self._forget(node)
        there = {**self.expressions.intervals, name: _turns(bounds)}
        body, _ = self._in(there, node.body, metering.again(node))
        self._forget(node)
        turns = call("range", *(bound.node for bound in bounds))
        return [ast.For(node.target, turns, body, [], lineno=1)]

    def _bound(self, node):
        bound = self.expressions.clean(self.expressions.word(node))
        if bound.kind != "int":
            raise Trap(node, "range over a uint", "use int(...)")
        return bound

    def _no_else(self, node):
        if node.orelse:
            raise Trap(node, "else after a loop", "use a flag")

    def _forget(self, loop):
        """What a loop assigns is not known where the loop begins, nor after it."""
        kept = dict(self.expressions.intervals)
        for node in ast.walk(loop):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                kept.pop(node.id, None)
        self.expressions.intervals = kept


def _is_foreign_call(node):
    """A call that may do more than give a value."""
    is_call = isinstance(node, ast.Call)
    return is_call and not (isinstance(node.func, ast.Name) and node.func.id in DOMAINS)


def _is_range(node):
    match node:
        case ast.Call(ast.Name("range"), [_] | [_, _], []):
            return True
    return False


def _turns(bounds) -> Interval:
    """The interval of a range's variable."""
    first, end = bounds[0].interval if len(bounds) > 1 else (0, 0), bounds[-1].interval
    return first[0], max(first[0], end[1] - 1)


def _joined(a, b):
    return {name: union(a[name], b[name]) for name in a.keys() & b.keys()}


def _without_docstring(body):
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text and isinstance(first.value.value, str) else body


def _bare(arguments):
    names = [ast.arg(argument.arg) for argument in arguments.args]
    return ast.arguments([], names, None, [], [], None, [])


def _assign(name, value):
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _charge(instructions):
    return ast.AugAssign(ast.Name(_SPENT, ast.Store()), ast.Add(), ast.Constant(instructions))


def _flush():
    """Add what this call has spent to the simulator's counter."""
    return ast.parse(f"ptr32({COUNTER})[0] += {_SPENT}").body[0]
