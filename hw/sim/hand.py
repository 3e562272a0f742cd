"""A person's hand and eyes for the puck on the desk, in a process of the desktop.

Over a wire (wire.py) come presses of the button; back goes what the ring shows and how strongly
it shakes, each time that it changes, as the chips' models have it. It must never look into the
firmware. Only a puck with a pace is seen: others are too fast for anybody.
"""

from struct import pack, unpack

import utime
from clock import clock
from wire import DONE, Wire

# Kinds of frames, from the desktop and to it (host/sleepsync/radio/hand.py)
PRESS = 1  # held for so many ms, in so many ms from now, u32 each
SAVE = 2  # what was heard last into a WAV file: its path; DONE answers, 1 if anything was
CUT = 3  # the power is gone: keep the flash as it is, and do nothing any more; DONE answers
SHOWN = 1  # the puck's time in ms, u32; red, green, blue of each light
FELT = 2  # -128 to 127
HEARD = 3  # 1 while something sounds, else 0

_LOOK_US = 40000  # as often as the ring may change
_MOST_SAVED_US = 600000000
_SOUND_US = 200000  # so long after its last sample it still sounds


def offer(puck, port: int) -> None:
    """Let whoever listens at `port` of this machine press, see and feel a simulated puck."""
    hand = _Hand(puck, Wire(port))
    clock.outside.append(hand.met)


class _Hand:
    def __init__(self, puck, wire):
        self._puck = puck
        self._parts = puck.parts
        self._wire = wire
        self._look_us = 0
        self._told = {}
        self.met = self.meet  # bound once, so that it can be told from others
        clock.pace.listen(wire)

    def meet(self) -> None:
        """Do what the hand does, and show what there is to see."""
        frame = self._wire.take()
        if frame:
            self._do(*frame)
        if clock.us >= self._look_us:
            self._look_us = clock.us + _LOOK_US
            self._show()
        if self._wire.is_lost:
            clock.pace.deafen(self._wire)
            clock.outside = [hear for hear in clock.outside if hear is not self.met]

    def _do(self, kind, body):
        if kind == PRESS:
            held_ms, in_ms = unpack("<II", body)
            self._parts.press(clock.us + 1 + in_ms * 1000, held_ms * 1000)
        elif kind == SAVE:
            self._wire.send(DONE, bytes([_save(self._parts.amplifier, body.decode())]))
        elif kind == CUT:
            self._puck.die()
            self._wire.send(DONE, b"")
            while True:  # the desktop kills the VM
                utime.sleep_ms(1000)

    def _show(self):
        us = clock.us
        ring = bytes([part for light in self._parts.ring.shown(us) for part in light])
        self._tell(SHOWN, ring, pack("<I", us // 1000))
        self._tell(FELT, pack("<b", self._parts.haptic.drive(us)))
        runs = self._parts.amplifier.runs
        self._tell(HEARD, bytes([int(bool(runs) and _sounds(runs[-1], us))]))

    def _tell(self, kind, body, when=b""):
        if self._told.get(kind) != body:
            self._told[kind] = body
            self._wire.send(kind, when + body)


def _save(amplifier, path):
    runs = amplifier.runs
    if not runs:
        return False
    end_us = _end_us(runs[-1])
    amplifier.save_wav(path, max(runs[0][0], end_us - _MOST_SAVED_US), end_us)
    return True


def _sounds(run, us):
    return us <= _end_us(run) + _SOUND_US


def _end_us(run):
    start_us, samples = run
    return start_us + samples * 125 // 2  # at 16 kHz
