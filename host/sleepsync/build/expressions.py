"""Rewrites the expressions of one viper function so that they are exact in 32 bits.

Sums, products and bit operations keep their low 32 bits right whatever stands above
them, so a value is wrapped only where its high bits are seen: in a comparison, a right
shift, a division, an index, a call, a local variable. Viper's typing is followed: a
binary operation has the type of its left operand. What cannot be exact is refused.
"""

import ast
from collections.abc import Mapping

from .dialects import Plain, Viper64, call
from .errors import Trap
from .values import DOMAINS, POINTERS, Interval, Value, arithmetic, bitwise, union, within

# Beyond these a literal is no small integer on the chip, and mpy-cross refuses it there.
LITERALS: Interval = (-0x40000000, 0x3FFFFFFF)
_OBJECT_CALLS = ("abs", "min", "max", "len")
_DECIDED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.Eq}


class Expressions:
    """The expressions of one function: `kinds` and `intervals` of its locals are read here.

    constants: the module's `const` names. functions: the names that the module defines.
    """

    def __init__(self, dialect: Viper64 | Plain, constants: Mapping[str, int], functions: set[str]):
        self.dialect = dialect
        self.constants = constants
        self.functions = functions
        self.kinds: dict[str, str] = {}
        self.intervals: dict[str, Interval] = {}

    # -- what the statements ask for

    def word(self, node: ast.expr) -> Value:
        """`node` as an int or uint of which the low 32 bits are right."""
        value = self.value(node)
        if value.is_word:
            return value
        raise Trap(node, f"{value.kind} where viper needs an integer", "wrap it in int(...)")

    def exact(self, node: ast.expr) -> Value:
        """`node` as the chip would hold it: words wrapped, pointers and bools as they are."""
        return self.clean(self.value(node))

    def clean(self, value: Value, kind: str = "") -> Value:
        """`value` with its 32 bits extended as `kind` (default: its own) asks."""
        kind = kind or value.kind
        if kind not in DOMAINS or within(value.interval, kind):
            return value
        node = value.node if kind == value.kind else self.dialect.cast(value.node, kind)
        return Value(self.dialect.wrap(node, kind), kind, DOMAINS[kind])

    def test(self, node: ast.expr) -> tuple[ast.expr, dict[str, Interval]]:
        """A condition, and the intervals of the locals where it holds."""
        if isinstance(node, ast.BoolOp):
            return self._both_or_either(node)
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        value = self.exact(node)
        if value.kind == "object":
            raise Trap(node, "an object as a condition", "wrap it in int(...) and compare")
        return value.node, dict(self.intervals)

    # -- values

    def value(self, node: ast.expr) -> Value:
        """`node` rewritten, of any type."""
        known = self.constant(node)
        if known is not None:
            return self._literal(node, known)
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise Trap(node, f"{_words(node)} in a kernel", "use plain integer expressions")
        return method(node)

    def constant(self, node: ast.expr) -> int | None:
        """The integer that the compiler folds `node` to, or None."""
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) is int else None
        if isinstance(node, ast.Name):
            return None if node.id in self.kinds else self.constants.get(node.id)
        if isinstance(node, ast.UnaryOp):
            return self._fold(node, [node.operand])
        return self._fold(node, [node.left, node.right]) if isinstance(node, ast.BinOp) else None

    def _fold(self, node, operands):
        known = [self.constant(operand) for operand in operands]
        if None in known or isinstance(getattr(node, "op", None), (ast.Div, ast.Pow, ast.Not)):
            return None
        literals = [ast.Constant(value) for value in known]
        fresh = (
            ast.UnaryOp(node.op, *literals)
            if len(literals) == 1
            else ast.BinOp(literals[0], node.op, literals[1])
        )
        expression = ast.fix_missing_locations(ast.Expression(fresh))
        try:
            return eval(compile(expression, "constant", "eval"), {"__builtins__": {}})
        except (ValueError, ZeroDivisionError) as error:
            raise Trap(node, f"constant: {error}", "correct it") from error

    def _literal(self, node, value):
        if not LITERALS[0] <= value <= LITERALS[1]:
            remedy = "build it from parts with a shift of a variable"
            raise Trap(node, f"literal {value:#x} is no small integer on the chip", remedy)
        return Value(node, "int", (value, value))

    def _constant(self, node):
        if isinstance(node.value, bool):
            return Value(node, "bool")
        if node.value is None:
            return Value(node, "object")
        raise Trap(node, f"{type(node.value).__name__} constant in a kernel", "use integers")

    def _name(self, node):
        kind = self.kinds.get(node.id, "object")
        return Value(node, kind, self.intervals.get(node.id, DOMAINS.get(kind)))

    def _binop(self, node):
        if isinstance(node.op, (ast.Div, ast.Pow, ast.MatMult)):
            raise Trap(node, "/, ** and @ do not exist in viper", "use shifts and products")
        left, right = self.word(node.left), self.word(node.right)
        if isinstance(node.op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
            interval = bitwise(node.op, left, right)
            return Value(ast.BinOp(left.node, node.op, right.node), left.kind, interval)
        if isinstance(node.op, (ast.LShift, ast.RShift)):
            self._check_shift(node, right)
        if isinstance(node.op, (ast.FloorDiv, ast.Mod)):
            self._check_division(node, left)
        if not isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.LShift)):
            left = self.clean(left)
        interval = within(arithmetic(node.op, left.interval, right.interval), left.kind)
        return Value(ast.BinOp(left.node, node.op, right.node), left.kind, interval)

    def _check_shift(self, node, count):
        if count.interval is None or count.interval[0] < 0 or count.interval[1] > 31:
            raise Trap(node, "shift by anything but 0..31", "use a constant, or n & 31")

    def _check_division(self, node, left):
        divisor = self.constant(node.right)
        if divisor is None or divisor <= 0:
            remedy = "divide by a positive constant, or call plain Python"
            raise Trap(node, "// or % by anything but a positive constant", remedy)
        if left.kind != "int":
            raise Trap(node, "// or % of a uint does not exist in viper", "use int(...)")

    def _unaryop(self, node):
        if isinstance(node.op, ast.Not):
            raise Trap(node, "`not` does not exist in viper", "compare with == 0")
        remedy = {ast.USub: "write 0 - x", ast.Invert: "write -1 - x"}.get(
            type(node.op), "leave it out"
        )
        raise Trap(node, "unary operator on a variable miscompiles", remedy)

    def _subscript(self, node):
        pointer = self._pointer(node)
        element = ast.Subscript(self.value(node.value).node, self.index(node.slice), node.ctx)
        return Value(element, "int", self.dialect.loads[pointer])

    def _pointer(self, node):
        kind = self.value(node.value).kind
        if kind not in POINTERS:
            raise Trap(node, f"index into {kind}", "declare the argument ptr8, ptr16 or ptr32")
        return kind

    def index(self, node: ast.expr) -> ast.expr:
        """An index, counted in elements from the start of the buffer."""
        value = self.clean(self.word(node), "int")
        if value.interval and value.interval[1] < 0:
            raise Trap(node, "negative index: viper does not count from the end", "count from 0")
        return value.node

    def store(self, target: ast.Subscript, value: ast.expr) -> ast.stmt:
        """`target = value` through a pointer; the store itself drops the high bits."""
        return ast.Assign([self._subscript(target).node], self.word(value).node)

    def _ifexp(self, node):
        condition, there = self.test(node.test)
        body = self._under(there, node.body)
        otherwise = self.exact(node.orelse)
        if body.kind != otherwise.kind:
            raise Trap(node, f"{body.kind} or {otherwise.kind}", "give both sides one type")
        joined = ast.IfExp(condition, body.node, otherwise.node)
        return Value(joined, body.kind, union(body.interval, otherwise.interval))

    def _under(self, intervals, node):
        before, self.intervals = self.intervals, intervals
        try:
            return self.exact(node)
        finally:
            self.intervals = before

    # -- calls

    def _call(self, node):
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            raise Trap(node, "keyword or starred arguments", "pass every argument by place")
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in (*DOMAINS, *POINTERS) and name not in self.kinds:
            return self._cast(node, name)
        if name not in _OBJECT_CALLS and name not in self.functions:
            remedy = "call abs, min, max, len or a function of this file"
            raise Trap(node, f"call of {name or 'an attribute'}", remedy)
        arguments = [self.exact(argument) for argument in node.args]
        if name in _OBJECT_CALLS and any(value.kind in POINTERS for value in arguments):
            raise Trap(node, "a pointer as an object", "take the buffer as an `object` argument")
        interval = (0, LITERALS[1]) if name == "len" else None
        return Value(call(name, *(value.node for value in arguments)), "object", interval)

    def _cast(self, node, kind):
        if len(node.args) != 1:
            raise Trap(node, f"{kind}() takes one value", "give it one")
        value = self.value(node.args[0])
        if kind in POINTERS:
            if value.kind != "object":
                raise Trap(node, f"{kind} of {value.kind}", "take a buffer object")
            return Value(call(kind, value.node), kind)
        if value.kind in POINTERS:
            raise Trap(node, "a pointer as a number", "pass an index instead")
        return self._word_cast(value, kind)

    def _word_cast(self, value, kind):
        if value.kind == kind:
            return value
        if value.kind in ("bool", "object"):
            interval = (0, 1) if value.kind == "bool" else value.interval
            return Value(self.dialect.number(value.node, kind), kind, interval)
        return Value(self.dialect.cast(value.node, kind), kind, within(value.interval, kind))

    # -- conditions

    def _both_or_either(self, node):
        is_and = isinstance(node.op, ast.And)
        before, tests = self.intervals, []
        try:
            for part in node.values:
                condition, there = self.test(part)
                tests.append(condition)
                if is_and:
                    self.intervals = there
        finally:
            here, self.intervals = self.intervals, before
        return ast.BoolOp(node.op, tests), dict(here)

    def _comparison(self, node):
        if len(node.ops) > 1:
            raise Trap(node, "chained comparison", "write a < b and b < c")
        if not isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            raise Trap(node, f"`{_words(node.ops[0])}` in a kernel", "compare integers")
        left = self.clean(self.word(node.left))
        right = self.clean(self.word(node.comparators[0]))
        if left.kind != right.kind:
            raise Trap(node, "comparison of int and uint", "make both int(...) or uint(...)")
        there = dict(self.intervals)
        self._narrow(there, node.left, type(node.ops[0]), right.interval, left)
        mirrored = _DECIDED.get(type(node.ops[0]))
        self._narrow(there, node.comparators[0], mirrored, left.interval, right)
        return ast.Compare(left.node, node.ops, [right.node]), there

    def _narrow(self, there, name, op, other, value):
        """Note in `there` what `name op other` says of the local `name`."""
        if not isinstance(name, ast.Name) or self.kinds.get(name.id) != value.kind:
            return
        (low, high), (least, most) = value.interval, other
        bounds = {
            ast.Lt: (low, min(high, most - 1)),
            ast.LtE: (low, min(high, most)),
            ast.Gt: (max(low, least + 1), high),
            ast.GtE: (max(low, least), high),
            ast.Eq: (max(low, least), min(high, most)),
        }
        narrowed = bounds.get(op, (low, high))
        if narrowed[0] <= narrowed[1]:
            there[name.id] = narrowed

    def _compare(self, node):
        return Value(self._comparison(node)[0], "bool")

    def _boolop(self, node):
        raise Trap(node, "and/or as a value", "use if, or nested conditions")


def _words(node: ast.AST) -> str:
    return type(node).__name__.lower()
