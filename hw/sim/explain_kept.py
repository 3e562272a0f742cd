"""What outlives a night: the off switch, the consents, how loud the speaker is.

The puck tells it at each start, where its journal alone would have it otherwise. It must never
take for kept what the night before did not end with.
"""

from firmware import records
from firmware.governor.gate import Gate

_EVENTS = (records.BREAKER, records.CALIBRATED)
_STATES = (records.KEPT, records.WITHDRAWN)


class Kept:
    """Reads what is told at a start, into `gate`. `before`: as `standing`, or None."""

    def __init__(self, gate, before, find, note):
        self._gate, self._before, self._find, self._note = gate, before, find, note
        self._is_told = False  # it may still be told
        self._is_new = False  # at the night's first start
        self._told = []
        self._night = None

    def begin(self, night) -> None:
        """A new night's first record."""
        self._night = night
        self._is_new = True

    def start(self, value: int) -> str:
        """A start is told: what is wrong with that, or ""."""
        self._end_told()
        is_late = not (value or self._is_new)
        self._is_told, self._told = True, []
        return "a night begins but once" if is_late else ""

    def look(self, kind, fields) -> bool:
        """Whether a record is told because it was kept; then the gate has taken it."""
        is_event = kind is records.EVENT and fields.kind in _EVENTS
        is_consent = kind is records.CONSENT and fields.state in _STATES
        is_start = kind is records.EVENT and fields.kind == records.START
        if is_start:
            return False
        is_kept = is_event or (is_consent and not self._is_free(fields))
        if not (self._is_told and is_kept):
            self.end()
            return False
        if not self._is_news(kind, fields):
            self._find("kept", "it tells nothing new")
        self._told.append((kind.type, tuple(fields[1:])))
        self._gate.take(kind, fields)
        return True

    def end(self) -> None:
        """Nothing more can be told at a start."""
        if self._is_new and not self._is_told:
            self._is_new = False
            self._find("start", "the night's start is missing before this")
        self._end_told()

    def _end_told(self):
        if not self._is_told:
            return
        is_new, self._is_told, self._is_new = self._is_new, False, False
        if not is_new:
            for _ in self._told:
                self._note("kept over a start, and no record tells of it: it cannot be checked")
        elif self._before is not None:
            self._compare(expected(self._before, self._night.night))
        elif self._told or self._night.night > 1:
            before = self._night.night - 1
            self._note("what was kept cannot be checked: night %d is not here" % before)

    def _compare(self, wanted):
        if self._told == wanted:
            return
        for told in self._told:
            if told not in wanted:
                self._find("kept", "the night before did not end so: %s" % _words(told))
        for due in wanted:
            if due not in self._told:
                self._find(
                    "kept", "the night before ended so, and it is not told: %s" % _words(due)
                )
        if sorted(self._told) == sorted(wanted):
            self._find("kept", "it is told in another order than any puck's")

    def _is_free(self, consent):
        """One may be taken back at any time, whether it was given or not."""
        return consent.state == records.WITHDRAWN and not self._is_news(records.CONSENT, consent)

    def _is_news(self, kind, fields):
        gate = self._gate
        if kind is records.CONSENT:
            has = [consent for consent in gate.kept() if consent.use == fields.use]
            same = [consent for consent in has if _core(consent) == _core(fields)]
            return bool(same) == (fields.state == records.WITHDRAWN)
        if fields.kind == records.BREAKER:
            return gate.is_off == (fields.value == records.CLOSED)
        return gate.heard_cdb != fields.value


def standing(parsed) -> list:
    """[off, speaker, [(use, scope, until, night)]] at the end of a night's (layout, record)s."""
    gate = Gate()
    for kind, record in parsed:
        if kind in (records.NIGHT, records.EVENT, records.CONSENT):
            gate.take(kind, kind.unpack(record))
    return [gate.is_off, gate.heard_cdb, [_core(consent) for consent in gate.kept()]]


def expected(before, night: int) -> list:
    """What is told at the start of a night after that: [(type, fields without time)]."""
    is_off, heard_cdb, consents = before
    event = records.EVENT.type
    told = [(event, (records.BREAKER, records.PUCK, records.STILL_OPEN))] if is_off else []
    if heard_cdb:
        told.append((event, (records.CALIBRATED, records.PUCK, heard_cdb)))
    for use, scope, until_s, granted in consents:
        if until_s or granted == night:
            values = use, scope, records.KEPT, until_s, granted
            told.append((records.CONSENT.type, values))
    return told


def _core(consent):
    return consent.use, consent.scope, consent.until_s, consent.night


def _words(told):
    kind, values = told
    return "%s %s" % ("consent" if kind == records.CONSENT.type else "event", list(values))
