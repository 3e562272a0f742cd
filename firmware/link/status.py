"""How a request ended: one number for each kind of mistake, and what it is in words.

The numbers are for ever.
"""

from micropython import const

OK = const(0)  # done
OUT_OF_ORDER = const(1)  # a fragment is missing, or came twice
BAD_SUM = const(2)  # the message's checksum is another one
TOO_LONG = const(3)  # the request is longer than 1,024 bytes
BAD_VERSION = const(4)  # the message's version is another one
UNKNOWN_REQUEST = const(5)  # there is no request of that number
BAD_BODY = const(6)  # the body has another form than this page says
BAD_VALUE = const(7)  # what it says will not do
NOT_FOUND = const(8)  # there is no such file
BUSY = const(9)  # the answer to an earlier request is still on its way
NO_ROOM = const(10)  # the flash is nearly full, or a clip too large
FAILED = const(11)  # the puck could not: a part, the flash or its memory
NOT_ALLOWED = const(12)  # the governor refuses it, or it must not be written
WRONG_OFFSET = const(13)  # a clip goes on elsewhere; the body is where, u32
WRONG_SUM = const(14)  # a clip came damaged


class Refused(Exception):
    """A request that is not done: `args` are its status and what a person is told (or bytes)."""
