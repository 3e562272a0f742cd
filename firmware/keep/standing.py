"""What outlives a night and a power cut: the off switch, the consents, how loud the speaker is.

It is told to each night by records of its own, so that a night explains itself. What cannot be
read is taken for off, and for no consent; it must never make anybody consent.
"""

from struct import calcsize, pack, unpack_from

from firmware import records

_VERSION = 1
_HEAD = "<BBHB"  # version, off switch, speaker, consents
_HEAD_BYTES = calcsize(_HEAD)
_EACH = "<BBIH"  # use, scope, until, night
_EACH_BYTES = calcsize(_EACH)


class Standing:
    """Kept by `store`, which can `load()` and `save(bytes)`."""

    def __init__(self, store):
        self._store = store
        self._saved = None  # not read yet

    def keep(self, gate) -> None:
        """Save what the gate holds, if it is not what is saved; not before it was told that."""
        if self._saved is None:
            return
        each = [(c.use, c.scope, c.until_s, c.night) for c in gate.kept()]
        now = pack(_HEAD, _VERSION, gate.is_off, gate.heard_cdb, len(each))
        now += b"".join([pack(_EACH, *consent) for consent in each])
        now += pack("<H", records.checksum(now))
        if now == self._saved:
            return
        try:
            self._store.save(now)
            self._saved = now
        except OSError as error:  # it is tried again
            print("consents: cannot be kept (%s); flash the puck anew" % error)

    def forget(self) -> None:
        """A new gate knows nothing yet: nothing is kept before it was told what is saved."""
        self._saved = None

    def differences(self, gate, t_ms: int) -> list:
        """What is to be told to `gate`: [(layout, fields)], at time `t_ms` of its night."""
        self._saved = self._store.load()
        if not self._saved:
            return []
        is_off, heard_cdb, consents = self._read()
        told = []
        if is_off != gate.is_off:
            value = records.STILL_OPEN if is_off else records.CLOSED
            told.append(_event(t_ms, records.BREAKER, value))
        if heard_cdb != gate.heard_cdb:
            told.append(_event(t_ms, records.CALIBRATED, heard_cdb))
        has = [(c.use, c.scope, c.until_s, c.night) for c in gate.kept()]
        told += [_consent(t_ms, c, records.WITHDRAWN) for c in has if c not in consents]
        stand = [c for c in consents if c[2] or c[3] == gate.night]
        return told + [_consent(t_ms, c, records.KEPT) for c in stand if c not in has]

    def _read(self):
        """(off, speaker, [(use, scope, until, night)]) as saved."""
        saved, end = self._saved, len(self._saved) - 2
        if end >= _HEAD_BYTES and saved[end:] == pack("<H", records.checksum(saved[:end])):
            version, is_off, heard_cdb, count = unpack_from(_HEAD, saved, 0)
            if version == _VERSION and end == _HEAD_BYTES + count * _EACH_BYTES:
                at = range(_HEAD_BYTES, end, _EACH_BYTES)
                return bool(is_off), heard_cdb, [unpack_from(_EACH, saved, i) for i in at]
        print("consents: cannot be read; everything is off until the button is held for 6 s")
        return True, 0, []


def _event(t_ms, kind, value):
    return records.EVENT, records.EVENT.of(t_ms, kind, records.PUCK, value)


def _consent(t_ms, consent, state):
    use, scope, until_s, night = consent
    return records.CONSENT, records.CONSENT.of(t_ms, use, scope, state, until_s, night)
