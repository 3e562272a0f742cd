"""How a request ended: one number for each kind of mistake, and what it is in words.

The numbers are for ever.
"""

from micropython import const

OK = const(0)
OUT_OF_ORDER = const(1)
BAD_SUM = const(2)
TOO_LONG = const(3)
BAD_VERSION = const(4)
UNKNOWN_REQUEST = const(5)
BAD_BODY = const(6)
BAD_VALUE = const(7)
NOT_FOUND = const(8)
BUSY = const(9)
NO_ROOM = const(10)
FAILED = const(11)
NOT_ALLOWED = const(12)
WRONG_OFFSET = const(13)
WRONG_SUM = const(14)


class Refused(Exception):
    """A request that is not done: `args` are its status and what a person is told (or bytes)."""
