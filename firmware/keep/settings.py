"""What people set: each by its name, checked whenever it is read, kept where power cuts do no harm.

An entry that cannot be read costs that setting only: it has its default until it is set again,
and that is said once. It must need no file system, and must never stop a start.
"""

from collections import namedtuple
from struct import pack, unpack

from micropython import const

from firmware import records

_VERSION = const(1)
_FRAME_BYTES = const(3)  # the version before, the checksum behind
_MOST_TEXT = const(63)

# `number` is for ever: nights tell of settings by it. `least` and `most` hold for numbers.
Row = namedtuple("Row", ("number", "name", "kind", "default", "least", "most", "unit", "meaning"))
NUMBER, ALARM, TEXT = range(3)  # kinds

ORGANIC = const(7)  # the number of the setting
ALARMS = const(8)
_FIRST_ALARM = const(11)
_MINUTE_BITS = const(0x7FF)
_DAY_MINUTES = const(1440)
_MOST_ALARM = const(0x7FFFF)

ROWS = [
    Row(1, "evening", NUMBER, 1, 0, 4, "programme", "what the evening begins with; 0 is nothing"),
    Row(2, "bedtime", NUMBER, -1, -1, 1439, "min after 0:00", "when it begins by itself; -1 never"),
    Row(3, "early", NUMBER, 30, 0, 45, "min", "before an alarm, in which light sleep may end"),
    Row(4, "zone", TEXT, "UTC0", 0, _MOST_TEXT, "POSIX TZ", "where the puck is: see docs/time.md"),
    Row(5, "radio", NUMBER, 1, 0, 2, "", "0 off; 1 not while you sleep; 2 always on the air"),
    Row(6, "bthome", NUMBER, 0, 0, 1, "", "1: the room's climate is on the air for everybody"),
    Row(ORGANIC, "organic", NUMBER, 0, 0, 1, "", "1: pod and radio rest, all else goes on"),
]
_PACKED = ALARM, 0, 0, _MOST_ALARM, "packed", "an alarm: minute, days, on"
ROWS += [Row(_FIRST_ALARM + _i, "alarm%d" % (_i + 1), *_PACKED) for _i in range(ALARMS)]


def row(name: str) -> Row:
    """What is known of a setting. ValueError with those that there are if there is no such one."""
    for each in ROWS:
        if each.name == name:
            return each
    raise ValueError("no such setting; there are: " + ", ".join([each.name for each in ROWS]))


class Settings:
    """Kept by `store`, which can `load(key)`, giving b"" for what was never saved, and
    `save(key, bytes)`; both may raise OSError. `checks`: {name: function}, which raises
    ValueError with the remedy for a value that nobody can use.
    """

    def __init__(self, store, checks=None):
        self._store = store
        self._checks = checks or {}
        self._known = {}  # what was read or set, by its name

    def rows(self) -> list:
        """[(`Row`, value)] of all there are."""
        return [(each, self.get(each.name)) for each in ROWS]

    def get(self, name: str):  # noqa: ANN201 (an integer or text)
        """The value of a setting: as it was set, or else its default."""
        if name not in self._known:
            self._known[name] = self._read(row(name))
        return self._known[name]

    def set(self, name: str, value) -> int:
        """Keep a value from now on; the setting's number. ValueError with what is allowed, OSError
        if it cannot be kept: then all is as it was.
        """
        its = row(name)
        self._check(its, value)
        body = bytes((_VERSION,)) + (value.encode() if its.kind == TEXT else pack("<i", int(value)))
        self._store.save(name, body + pack("<H", records.checksum(body)))
        self._known[name] = value
        return its.number

    def _read(self, its):
        try:
            saved = self._store.load(its.name)
            if not saved:
                return its.default
            found = value(its, bytes(saved))
            self._check(its, found)
            return found
        except (OSError, ValueError):
            print(
                "settings: %s cannot be read and is %r; puck.set(%r, ...) mends that"
                % (its.name, its.default, its.name)
            )
            return its.default

    def _check(self, its, value):
        if its.kind == TEXT:
            is_good = isinstance(value, str) and len(value.encode()) <= its.most
            allowed = "text of at most %d bytes" % its.most
        else:
            is_good = isinstance(value, int) and its.least <= value <= its.most
            allowed = "%d to %d (%s)" % (its.least, its.most, its.unit)
        if is_good and its.kind == ALARM:
            is_good = value & _MINUTE_BITS < _DAY_MINUTES
        if not is_good:
            raise ValueError("%s: %r will not do; it takes %s" % (its.name, value, allowed))
        if its.name in self._checks:
            self._checks[its.name](value)


def value(its: Row, saved: bytes):  # noqa: ANN201 (an integer or text)
    """What an entry says, of setting `its`. ValueError if that is nothing."""
    body = saved[:-2]
    is_whole = len(saved) >= _FRAME_BYTES and saved[-2:] == pack("<H", records.checksum(body))
    if not is_whole or body[0] != _VERSION:
        raise ValueError
    if its.kind == TEXT:
        return str(body[1:], "utf-8")
    if len(body) != 5:
        raise ValueError
    return unpack("<i", body[1:])[0]
