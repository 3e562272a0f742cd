"""The link: pairs with phones that a person lets in, and serves their owners.

It must never tell a stranger anything of a person, never act but by asking the governor, and never
stand in the way of the night: whatever peers do costs them their connection and nobody else.
"""

import asyncio
import os

from micropython import const

from firmware import records
from firmware.link import adverts, lazily
from firmware.link import radio as stack
from firmware.link.peer import Peer
from firmware.link.radio import Radio
from firmware.link.serving import Serving

MOST_PEERS = const(3)  # the stack would take one more: each has its share of the inbox

_STRANGER_MS = const(30000)  # for a peer to show that it is an owner
_LONG_AGO_MS = const(-0x3FFFFFFF)
_SOON_MS, _SECOND_MS = const(5), const(1000)
_HELD_MS, _SHOWING_MS = const(50), const(200)
_RETRY_MS = const(60000)  # for a radio that does not start
_STREAMED = const(40)  # turns of sending: 0.2 s, if the air is slow
_QUICK_MS, _SLOW_MS = const(100), const(1000)  # between adverts
_OFF, _ALWAYS = const(0), const(2)  # of the setting "radio": asleep, too
_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
_SAFE = stack.ENCRYPTED | stack.AUTHENTICATED


class Link:
    """`puck` is the application's running one; `bonds`: keep.bonds.Bonds; `folder`: where nights
    and clips lie; `acting()`: (scenes, limits, words of the governor).
    """

    def __init__(self, puck, bonds, folder: str, acting):
        self.puck, self.bonds = puck, bonds
        self.folder, self.acting = folder, acting
        self._door = None  # while nobody may pair
        self._refused = (0, 0)  # what the door is to remember of those whom it refused
        self.serving = Serving(puck)
        self.wake = asyncio.ThreadSafeFlag()
        self.peers: list = []
        self._radio: Radio = None  # type: ignore[assignment]  # while it is off
        self._number = int.from_bytes(os.urandom(2), "little") << 8  # of the latest connection
        self._met = 0  # of those that came since the radio is on
        self._retry_ms = 0  # when a radio that did not start is tried again
        self._early: list = []  # scores of now, while those of before are still heard
        self._asleep = False
        self._packet = 0  # of BTHome, so that each is told once

    # -- what the puck tells

    def open(self) -> None:
        """A hand wants a phone to be paired."""
        self._open_door()
        self.wake.set()

    def close(self) -> None:
        """The hand has thought better of it."""
        if self._door:
            self._door.close()
        for peer in self.peers:
            if self._tries(peer):
                self._refuse(peer)
        self.wake.set()

    def take(self, kind, fields) -> None:
        """A record of the night: owners who listen hear it."""
        self.serving.take(kind, fields)
        self._packet += kind is records.EPOCH
        self._tell_peers(kind, fields)

    def hear(self, score) -> None:
        """A live score, likewise."""
        if self._early is not None:
            self._early.append(score)
            return
        self._take_score(score)
        self._tell_peers(records.SCORE, (score,))

    def _take_score(self, score):
        self.serving.hear(score)
        self._asleep = score.stage in _ASLEEP

    def _tell_peers(self, kind, fields):
        if self.peers:
            self.serving.queue(kind.pack(*fields))
        self.wake.set()

    def forget(self, place: int) -> None:
        """A bond is no more, and who has it leaves. ValueError, OSError as keep.bonds has them."""
        address = self.bonds.forget(place)
        self.puck.governor.tell(records.LINK, records.PUCK, records.LINK_FORGOTTEN)
        for peer in self.peers:
            if peer.address == address:
                peer.is_owner, peer.since_ms = False, _LONG_AGO_MS  # once its answer is sent
        self.wake.set()

    def is_pairable(self) -> bool:
        """Whether a phone can be paired now."""
        return self._is_open(self.puck.clock.now_ms())

    # -- the door

    def _open_door(self):
        try:
            self._door = self._door or lazily.door(self.puck, self.bonds, self._refused)
        except (ImportError, MemoryError) as error:
            print("link: no phone can be paired now (%r); try again" % error)
            return
        self._door.open(self.puck.clock.now_ms())

    def _is_open(self, now_ms):
        return bool(self._door) and self._door.is_open(now_ms)

    def _is_busy(self):
        return bool(self._door) and self._door.is_busy()

    def _tries(self, peer):
        return bool(self._door) and self._door.tries(peer)

    def _mind_door(self, now_ms):
        """It stays for as long as a phone may come."""
        if self._door and not self._door.is_open(now_ms) and not self._door.is_busy():
            self._refused = self._door.refused()
            self._door = None
            lazily.forget_door()

    # -- the task

    async def run(self, alive) -> None:
        """For ever."""
        try:
            await self._catch_up()
            while True:
                alive()
                await self._rest(self.step())
        finally:
            self.stop()

    def step(self) -> int:
        """Do what is to be done; in how many ms there is more, -1: when somebody wakes it."""
        now_ms = self.puck.clock.now_ms()
        if self._radio and self._radio.inbox.is_deaf:
            print("link: more came than could be heard, so the radio starts anew")
            self.stop()
        self._mind_door(now_ms)
        if not self._mind_radio(now_ms):
            return -1
        for event in self._radio.inbox.take():
            self._hear(now_ms, *event)
        self._mind_floods()
        for peer in self.peers:
            if self._tries(peer):
                self._mind_attempt(now_ms, peer)
        self._mind_strangers(now_ms)
        is_held = self.serving.answer_held(self, now_ms)
        is_sending = self.serving.send(self.peers)
        if self._met == self._radio.came:  # else somebody is there whom nobody has looked at
            self.serving.publish(self.peers, now_ms)
        self._radio.advertise(self._advert(now_ms))
        return self._wait_ms(now_ms, is_sending, is_held)

    def stop(self) -> None:
        """The radio is off, and who was connected is gone."""
        if self._door:
            self._door.leave()
        self.peers.clear()
        if self._radio:
            self._radio.stop()
            self._radio = None  # type: ignore[assignment]

    async def _catch_up(self):
        """What the night has told before anybody listened, in slices."""
        for kind, record in self.puck.journal.replay():
            if kind is records.NIGHT:
                self.serving.take(kind, kind.unpack(record))
            elif kind is records.SCORE:
                for row in kind.rows(record):
                    self._take_score(row)
            await asyncio.sleep_ms(0)
        early, self._early = self._early, None
        for score in early or ():
            self.hear(score)

    async def _rest(self, wait_ms):
        if wait_ms < 0:
            await self.wake.wait()
        elif wait_ms <= _SOON_MS:
            await self._stream()
        else:
            try:
                await asyncio.wait_for_ms(self.wake.wait(), wait_ms)
            except asyncio.TimeoutError:
                pass

    async def _stream(self):
        """Send on, and do nothing else for a while but hear whoever says something."""
        for _ in range(_STREAMED):
            is_sending = self.serving.send(self.peers)
            if not is_sending or self._radio.inbox.has_some():
                return
            await asyncio.sleep_ms(0 if is_sending > 0 else _SOON_MS)

    def _wait_ms(self, now_ms, is_sending, is_held):
        if is_sending:
            return _SOON_MS
        if is_held:
            return _HELD_MS
        if self._is_busy():
            return _SHOWING_MS
        return _SECOND_MS if self.peers or self._is_open(now_ms) else -1

    # -- the radio

    def _mind_radio(self, now_ms):
        """Whether it is on, as it should be."""
        is_private = not self.puck.settings.get("bthome")  # who follows a room needs one address
        is_wanted = self._is_wanted(now_ms)
        if not is_wanted or (self._radio and self._radio.is_private != is_private):
            self.stop()
        if is_wanted and not self._radio and now_ms >= self._retry_ms:
            self._start_radio(now_ms, is_private)
        return bool(self._radio)

    def _start_radio(self, now_ms, is_private):
        self._met = 0
        radio = Radio(self.bonds, self.wake.set, is_private)
        try:
            radio.start(lambda ble: lazily.register(ble, self.puck))
        except OSError as error:
            print(error)
            self._retry_ms = now_ms + _RETRY_MS
            return
        self._radio = radio
        self.serving.begin(radio)

    def _is_wanted(self, now_ms):
        settings = self.puck.settings
        if settings.get("organic") or settings.get("radio") == _OFF:
            return False
        is_pairing = self._is_open(now_ms) or self._is_busy()
        return bool(is_pairing or self.bonds.rows() or settings.get("bthome"))

    def _advert(self, now_ms):
        """What is to be sent out now, as Radio.advertise takes it."""
        if len(self.peers) >= MOST_PEERS:
            return None
        if self._is_open(now_ms):
            return adverts.connectable(True) + (_QUICK_MS, True)
        settings, has_owners = self.puck.settings, bool(self.bonds.rows())
        if self._asleep and settings.get("radio") < _ALWAYS:
            return None
        if settings.get("bthome") and self.serving.epoch:
            adv = adverts.bthome(*_climate(self.serving.epoch), self._packet)
            return adv, adverts.connectable(False)[1], _SLOW_MS, has_owners
        return adverts.connectable(False) + (_SLOW_MS, True) if has_owners else None

    # -- what the stack tells

    def _hear(self, now_ms, event, conn, number, data):
        if event == stack.CAME:
            self._came(now_ms, conn, bytes((number,)) + bytes(reversed(data)))
            return
        for peer in self.peers:
            if peer.conn == conn:
                self._hear_peer(now_ms, peer, event, number, data)

    def _came(self, now_ms, conn, address):
        self._radio.forget_advert()
        self._met += 1
        self.peers.append(Peer(conn, address, now_ms))
        self._number += 1
        self.serving.refresh(self._number)

    def _hear_peer(self, now_ms, peer, event, number, data):
        if self._tries(peer):
            self._mind_attempt(now_ms, peer)  # who is quick has done more than pair by now
        if event == stack.LEFT:
            self._left(now_ms, peer)
        elif event == stack.MTU:
            peer.mtu = number
        elif event == stack.SECURED:
            self._secured(now_ms, peer, number)
        elif event == stack.PASSKEY:
            if not (self._door and self._door.begin(now_ms, peer, number, self._radio)):
                self._refuse(peer)
        elif peer.is_owner:
            self.serving.written(peer, number, data)
        elif not peer.secured_ms:  # else it is one in a moment, and asks again
            self._refuse(peer)  # the stack should have

    def _left(self, now_ms, peer):
        self.peers.remove(peer)
        if self._tries(peer):
            self._door.end(now_ms, False)
        elif not self._is_busy():
            self.bonds.reject()

    def _secured(self, now_ms, peer, how):
        """Encrypted, or not as it must be."""
        is_safe = how & _SAFE == _SAFE
        if is_safe and self._tries(peer):
            peer.secured_ms = now_ms or 1
        elif is_safe and self.bonds.knows(peer.address):
            self._own(peer)
        else:
            self._refuse(peer)

    def _own(self, peer):
        peer.own()
        self.serving.refresh(self._number)

    def _refuse(self, peer):
        if self._tries(peer):
            self._door.end(self.puck.clock.now_ms(), False)
        self.bonds.reject()
        self._radio.disconnect(peer.conn)

    def _mind_floods(self):
        inbox = self._radio.inbox
        lost, inbox.overflowed = inbox.overflowed, 0
        for peer in self.peers:
            if lost >> (peer.conn & 7) & 1:
                self._refuse(peer)

    def _mind_strangers(self, now_ms):
        for peer in self.peers:
            is_welcome = peer.is_owner or self._tries(peer) or peer.is_busy()
            if not is_welcome and now_ms - peer.since_ms >= _STRANGER_MS:
                peer.since_ms = now_ms
                self._refuse(peer)

    def _mind_attempt(self, now_ms, peer):
        is_let_in = self._door.mind(now_ms, peer)
        if is_let_in:
            self._own(peer)
            self._door.end(now_ms, True)
        elif is_let_in is not None:
            self._refuse(peer)


def _climate(epoch):
    """What of the room's climate is known, as adverts.bthome takes it."""
    temperature = humidity = light = None
    if not epoch.flags & records.NO_CLIMATE:
        temperature, humidity = epoch.temperature_cdeg, epoch.humidity_pct
    if not epoch.flags & records.NO_LIGHT:
        light = epoch.light_mlx
    return temperature, humidity, light
