"""The console of a running night: keys in, lines run, and nothing that stops it or costs time."""

import pytest

CONSOLE = """
import asyncio
import builtins
import io
import sys
from firmware.console import Console

class Keys(io.IOBase):
    '''What somebody types, all at once; then nobody is there.'''
    def __init__(self, keys):
        self.keys = keys
    def ioctl(self, request, mask):
        return mask
    def read(self, n):
        key, self.keys = self.keys[:n], self.keys[n:]
        return key

class Screen:
    def __init__(self):
        self.shown = b""
    def write(self, data):
        self.shown += data if isinstance(data, bytes) else data.encode()

def type_in(keys, names):
    screen = Screen()
    def show(*words):
        screen.write(" ".join([str(word) for word in words]) + "\\n")
    def show_error(error, *_):
        screen.write("%s: %s\\n" % (type(error).__name__, error))
    builtins.print, sys_print = show, builtins.print
    import firmware.console as module
    class System:
        print_exception = show_error
    module.sys = System
    try:
        asyncio.run(Console(Keys(keys), screen, names).serve())
    finally:
        builtins.print, module.sys = sys_print, sys
    return screen.shown
"""


@pytest.fixture
def typed(run_in):
    """(what the screen shows, the names afterwards that are asked for)."""

    def shown(keys, *names):
        source = f"names = {{}}\nshown = type_in({keys!r}, names)\n"
        result = f"result = [shown] + [names.get(name) for name in {list(names)!r}]"
        screen, *values = run_in(CONSOLE + source + result)
        return screen.decode(errors="replace"), *values

    return shown


def test_an_expression_shows_its_value_and_a_statement_is_run(typed):
    shown, x = typed(b"x = 40\rx + 2\r'a'\rNone\r", "x")
    assert shown == "x = 40\r\npuck> x + 2\r\n42\npuck> 'a'\r\n'a'\npuck> None\r\npuck> "
    assert x == 40


def test_nothing_is_shown_before_somebody_types(typed):
    assert typed(b"") == ("",)
    assert typed(b"\r") == ("\r\npuck> ",)


def test_a_comment_or_a_tuple_is_an_expression_too(typed):
    assert typed(b"1 + 1 # two\r")[0].endswith("\n2\npuck> ")
    assert typed(b"1, 2\r")[0].endswith("\n(1, 2)\npuck> ")


@pytest.mark.parametrize("enter", [b"\r", b"\n", b"\r\n"])
def test_each_kind_of_enter_ends_a_line_once(typed, enter):
    shown, n = typed(b"n = 1" + enter + b"n += 1" + enter, "n")
    assert n == 2
    assert shown.count("puck> ") == 2


def test_two_enters_are_two(typed):
    assert typed(b"\r\r")[0].count("puck> ") == 2
    assert typed(b"\n\n")[0].count("puck> ") == 2


def test_what_was_rubbed_out_is_gone(typed):
    shown, x = typed(b"\x7fx = 78\x7f\x089\r", "x")
    assert x == 9
    assert shown.startswith("x = 78\b \b\b \b9\r\n")


def test_arrows_and_other_control_keys_mean_nothing(typed):
    shown, x = typed(b"x\x1b[A = \x04\x0b\x1b[D5\r", "x")
    assert x == 5
    assert shown.startswith("x = 5\r\n")


def test_an_error_is_told_and_the_console_goes_on(typed):
    shown, x = typed(b"1 / 0\rx = 5\rx =\rnot_there\r\xff\r", "x")
    assert "ZeroDivisionError: divide by zero\n" in shown
    assert "SyntaxError" in shown and "NameError" in shown and "UnicodeError" in shown
    assert x == 5


def test_a_statement_is_run_once(run_in):
    """Even if what it runs is no Python."""
    line = "def f():\n    n.append(1)\n    exec('x =')\n"
    source = f"names = {{'n': []}}\nexec({line!r}, names)\ntype_in(b'f()\\r', names)\n"
    assert run_in(CONSOLE + source + "result = len(names['n'])") == 1


def test_a_line_that_is_too_long_is_cut_and_heard(typed):
    shown, x = typed(b"x = '" + b"a" * 300 + b"\x7f'\r", "x")
    assert x == "a" * 250
    assert shown.count("\a") == 49  # of 305 keys before the one that rubs out


def test_letters_beyond_ascii_arrive(typed):
    assert typed("x = 'ä€'\r".encode(), "x")[1] == "ä€"


def test_what_can_be_awaited_is_awaited_and_the_rest_goes_on(run_in):
    source = """
order = []
async def slow():
    order.append("begins")
    await asyncio.sleep_ms(50)
    order.append("ends")
    return 7
async def other():
    await asyncio.sleep_ms(20)
    order.append("other")
async def both():
    screen = Screen()
    task = asyncio.create_task(other())
    await Console(Keys(b"slow()\\r"), screen, {"slow": slow}).serve()
    await task
asyncio.run(both())
result = order
"""
    assert run_in(CONSOLE + source) == ["begins", "other", "ends"]


def test_an_interrupt_ends_the_night_and_not_only_the_line(run_in):
    source = """
def ctrl_c():
    raise KeyboardInterrupt
try:
    type_in(b"ctrl_c()\\r", {"ctrl_c": ctrl_c})
    result = "went on"
except KeyboardInterrupt:
    result = "ended"
"""
    assert run_in(CONSOLE + source) == "ended"


def test_lines_are_run_in_main(run_in):
    source = """
import firmware.console as module
module.sys = type("System", (), {"stdin": type("In", (), {"buffer": Keys(b"typed_here = 5\\r")}),
                                 "stdout": type("Out", (), {"buffer": Screen()})})
asyncio.run(module.serve())
import __main__
result = __main__.typed_here
"""
    assert run_in(CONSOLE + source) == 5
