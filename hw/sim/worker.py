"""Answers calls from the desktop, one JSON line each: a firmware function and its arguments.

    {"call": "firmware.stages.summary:summarise", "args": [[2, 3, 3]]}
    -> {"value": ..., "args": [...]}   or   {"error": "...", "type": "..."}

The arguments come back as the call left them, since kernels write in place. Values
that JSON does not have are tagged: {"array": "i", "of": [...]}, {"bytes": "hex"}.
"""

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


def _answer(line):
    try:
        request = json.loads(line)
        args = _decode(request["args"])
        value = _find(request["call"])(*args)
        return {"value": _encode(value), "args": _encode(args)}
    except Exception as error:  # the desktop raises it again, with its traceback
        sys.print_exception(error, sys.stderr)
        return {"error": str(error), "type": type(error).__name__}


def main() -> None:
    """Serve until standard input ends."""
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        sys.stdout.write(json.dumps(_answer(line)) + "\n")


main()
