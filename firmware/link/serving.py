"""What owners get: answers to what they ask, and what is new, if they listen.

It must never tell anything while a stranger is there, who might have subscribed before us.
"""

from struct import pack

from micropython import const

from firmware import records
from firmware.link import frames, places, status, values
from firmware.link.lazily import answer, forget_answers

_VERSION = const(1)
_SECOND_MS = const(1000)
_FRAGMENTS = const(8)  # at once: others are to have their turn
_MOST_LIVE = const(8)  # records that wait for the air: older ones are in the journal
_LONGEST_GESTURE_MS = const(7000)
_RATE_BYTES = const(20)  # with nine intervals, and for any MTU


class Serving:
    """`puck` as link.py has it. `radio`: while it is on."""

    def __init__(self, puck):
        self.radio = None
        self.epoch = None  # the latest record
        self._puck = puck
        self._number = 0  # of the connection that came last
        self._reason = 0  # why the time was set last
        self._sets = 0  # of the clock, that owners know of
        self._records = []
        self._sleep = values.Sleep()
        self._next_ms = 0
        self._is_new = False  # what is told once an epoch is to be told

    # -- what is new

    def queue(self, record: bytes) -> None:
        """A record that owners may want to hear."""
        if len(self._records) == _MOST_LIVE:
            self._records.pop(0)
        self._records.append(record)

    def take(self, kind, fields) -> None:
        """A record of the night."""
        if kind is records.NIGHT:
            self._sleep.begin(fields.night)
        elif kind is records.EPOCH:
            self.epoch, self._is_new = fields, True

    def hear(self, score) -> None:
        """A live score."""
        self._sleep.hear(score)

    def refresh(self, number: int) -> None:
        """Somebody came, by connection `number`: what can be read is to be as of now."""
        self._number, self._next_ms, self._is_new = number, 0, True
        self._tell_session()

    def begin(self, radio) -> None:
        """The radio is on: who reads before anything was told finds what is known, and no gap."""
        self.radio = radio
        self._tell_session()
        self._tell_time()
        self._tell_epoch(0)

    def publish(self, peers, now_ms: int) -> None:
        """Tell who has subscribed."""
        if not peers or [peer for peer in peers if not peer.is_owner]:
            self._records.clear()
            return
        while self._records:
            self._publish(places.LIVE, self._records.pop(0))
        if now_ms < self._next_ms:
            return
        self._next_ms = now_ms + _SECOND_MS
        rate_bpm, is_there, intervals_ms = self._puck.pod.vitals()
        rate = values.heart_rate(rate_bpm, is_there, intervals_ms, _RATE_BYTES)
        self._publish(places.RATE, rate)
        self._tell_time()
        if self._is_new:
            self._is_new = False
            self._tell_epoch(rate_bpm)

    def _tell_time(self):
        wall_s = self._puck.clock.wall_s()
        value = values.current_time(wall_s, self._reason)
        was, self._sets = self._sets, self._puck.clock.sets
        tell = self._keep if was == self._sets else self._publish
        tell(places.TIME, value)

    def _tell_session(self):
        link = pack("<BIHB", _VERSION, self._number, frames.MOST_BYTES, 0)
        self._keep(places.LINK, link)

    def _tell_epoch(self, rate_bpm):
        for i, value in enumerate(values.room(self.epoch)):
            self._keep(places.TEMPERATURE + i, value)
        self._publish(places.STAGE, self._sleep.instantaneous(rate_bpm))
        self._publish(places.SUMMARY, self._sleep.summary())

    def _publish(self, place, value):
        self.radio.publish(self.radio.handles[place], value)

    def _keep(self, place, value):
        self.radio.keep(self.radio.handles[place], value)

    # -- what is asked

    def written(self, peer, handle: int, data) -> None:
        """An owner has written."""
        handles = self.radio.handles
        if handle == handles[places.REQUEST]:
            self._request(peer, data)
        elif handle == handles[places.TIME]:
            self._set_time(data)

    def send(self, peers) -> int:
        """Send of each response as much as there is room for: 1 there is more, -1 it is full, 0 all
        is sent.
        """
        found = 0
        for peer in peers:
            if peer.is_busy():
                found = self._send_to(peer) or found
        if not found:
            forget_answers()
        return found

    def answer_held(self, link, now_ms: int) -> bool:
        """Answer what waits, once no gesture is under way: that must not be missed for a write to
        the flash. Whether something waits on.
        """
        held = [peer for peer in link.peers if peer.held_ms]
        is_busy = bool(held) and self._puck.presses.is_busy()
        for peer in held:
            if is_busy and now_ms - peer.held_ms < _LONGEST_GESTURE_MS:
                continue
            peer.held_ms = 0
            peer.answer(peer.joiner.ident, *answer(self._puck, link, peer))
        return bool([peer for peer in held if peer.held_ms])

    def _request(self, peer, fragment):
        joiner = peer.joiner
        how = joiner.take(fragment)
        if how == status.OK and not peer.is_busy():
            peer.held_ms = self._puck.clock.now_ms() or 1
        elif how >= 0:
            peer.answer(joiner.ident, how or status.BUSY, ())

    def _send_to(self, peer):
        handle = self.radio.handles[places.RESPONSE]
        try:
            for _ in range(_FRAGMENTS):
                if not peer.send(self.radio, handle):
                    return -1 if peer.is_busy() else 0
        except (MemoryError, OSError) as error:  # it has left, or what it asked for cannot be had
            peer.restart(status.FAILED, (str(error).encode(),))
        return 1

    def _set_time(self, data):
        try:
            self._puck.set_time(values.wall_s(data))
            self._reason = values.EXTERNAL
        except (OSError, ValueError) as error:
            print("link: the time that was written will not do: %s" % error)
        self._next_ms = 0
