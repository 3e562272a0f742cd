"""Answers calls from the desktop, JSON each: a firmware function and its arguments.

    {"call": "firmware.stages.morning:summarise", "args": [[2, 3, 3]]}
    -> {"value": ...}   or   {"error": "...", "type": "..."}

Each way the JSON is preceded by its length in eight hexadecimal digits, since reading
a line would cost this VM a system call a byte; before an answer stands a zero byte, since the VM
itself prints what goes wrong while it collects garbage. With "in_place": true the arguments
come back, too, as the call left them ("args"). Values that JSON does not have are
tagged: {"array": "i", "of": [...]}, {"bytes": "hex"}.
"""

import builtins
import sys
from array import array
from binascii import hexlify, unhexlify

import scheduler

scheduler.install()

import json

_found = {}  # {"module:name": callable}


def _decode(value):
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, dict):
        if "array" in value:
            return array(value["array"], value["of"])
        if "bytes" in value:
            return bytearray(unhexlify(value["bytes"]))
        return {key: _decode(item) for key, item in value.items()}
    return value


def _encode(value):
    if isinstance(value, array):
        return {"array": _typecode(value), "of": list(value)}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": hexlify(value).decode()}
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    return value


def _typecode(value):
    return repr(value)[7]  # array('i', ...): MicroPython's arrays do not tell otherwise


def _find(name):
    """The callable `module:name`, or `module:name.attribute`."""
    if name not in _found:
        module, path = name.split(":")
        value = __import__(module, None, None, ("",))
        for part in path.split("."):
            value = getattr(value, part)
        _found[name] = value
    return _found[name]


def _answer(body):
    try:
        request = json.loads(body)
        args = _decode(request["args"])
        answer = {"value": _encode(_find(request["call"])(*args))}
        if request["in_place"]:
            answer["args"] = _encode(args)
        return answer
    except Exception as error:  # the desktop raises it again, with its traceback
        sys.print_exception(error, sys.stderr)
        return {"error": str(error), "type": type(error).__name__}


def _say(*words, say=print, **options):
    say(*words, file=sys.stderr)


def main() -> None:
    """Serve until standard input ends. What the firmware prints goes to standard error."""
    builtins.print = _say
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while True:
        length = source.read(8)
        if not length:
            return
        answer = json.dumps(_answer(source.read(int(length, 16)))).encode()
        sink.write(b"\0%08x%s" % (len(answer), answer))


main()
