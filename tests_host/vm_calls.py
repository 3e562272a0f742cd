"""Runs in the MicroPython VM: calls kernels as a JSON file asks, prints what came of it.

[[module, function, [integer or [typecode, [elements]], ...]], ...]
-> [[result, [elements of each buffer], instructions metered], ...]
"""

import json
import sys
from array import array

import meter


def _argument(value):
    return value if isinstance(value, int) else array(*value)


def _called(module, function, values):
    arguments = [_argument(value) for value in values]
    meter.instructions[0] = 0
    result = getattr(__import__(module), function)(*arguments)
    buffers = [list(a) for a in arguments if not isinstance(a, int)]
    return [result, buffers, meter.instructions[0]]


with open(sys.argv[1]) as calls:  # noqa: PTH123 - MicroPython has no pathlib
    print(json.dumps([_called(*call) for call in json.load(calls)]))
