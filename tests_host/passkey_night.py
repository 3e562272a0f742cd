"""Nights in the VM in which somebody pairs: hands, whoever shows the passkey, and what is seen.

Who shows it stands in for the link, and does no more than that: it asks for one digit after the
other, each when the ring is dark again. What reads it is an eye that counts lamps, and knows no
scene.
"""

from itertools import groupby

import numpy as np

# `script`: lines, with `puck`, `hands`, `show` and `ask` at hand.
NIGHT = """
from ledger_puck import LedgerPuck, _Part
from firmware import records
from firmware.bedside import scenes
from firmware.governor import limits

class Ring(_Part):
    def write(self, grb):
        super().write(grb)
        seen.append([puck.now_ms(), bytes(grb)])
    def off(self):
        super().off()
        seen.append([puck.now_ms(), bytes(72)])

def opened(name):
    return open(clips[name], "rb") if name in clips else None

def hands(*held_ms):
    for ms in held_ms:
        puck._hold(ms)
        puck._poll_for(200)
    puck._poll_for(400)

def ask(name):
    answer = puck.governor.ask(limits.LINK, limits.PAIRING, scenes.named(name).number)
    told.append([puck.now_ms(), name, getattr(answer, "why", -1)])
    return len(answer) > 3

def show(passkey):
    return shown("passkey") and all([shown("digit " + digit) for digit in passkey])

def shown(name):
    if not ask(name):
        return False
    while puck.governor.lanes.acts[records.LIGHT_LANE]:
        puck.wait(20)
    puck.wait(200)
    return True

THRICE = 700, 700, 700
seen, told = [], []
puck = LedgerPuck(folder, 820000000, lambda index: (700, 250))
puck.governor._ring, puck.governor._clip_file = Ring(), opened
puck.wait(2000)
exec(script)
puck.wait(3000)
puck.stop()
result = [seen, told]
"""
_LONG_MS = 1200  # of dark, before a passkey's first digit
_DIGITS = 6
_BLINK_MS = 100  # no eye tells less of dark from none


def night(worker, folder, script, clips=None):
    """([(ms, frame (24, 3))] at each change, [(ms, scene, why it was refused or -1)])."""
    folder.mkdir(exist_ok=True)
    given = {"folder": str(folder), "script": script}
    given["clips"] = {name: str(path) for name, path in (clips or {}).items()}
    seen, told = worker.call("snippet:run", NIGHT, given)
    frames = [(ms, np.frombuffer(grb, np.uint8).reshape(24, 3)) for ms, grb in seen]
    return frames, told


def read(frames, lights):
    """The passkeys that a ring of so many lights shows, as text, by an eye that counts lamps: six
    times of light behind a long dark. What waits before them is no such row.
    """
    found = []
    for dark_ms, lamps in glimpses(frames, lights):
        if dark_ms > _LONG_MS:
            found.append("")
        if found:
            found[-1] += digit_of(lamps)
    return [each for each in found if len(each) == _DIGITS]


def glimpses(frames, lights):
    """(ms of dark before it, the lamps (lights,) that stood longest among the fullest) of each
    time that something was lit.
    """
    lit = [(ms, tuple(bool(light.any()) for light in frame[:lights])) for ms, frame in frames]
    lit.insert(0, (0, (False,) * lights))
    went_dark_ms = 0
    for is_dark, group in groupby(lit, lambda each: not any(each[1])):
        run = list(group)
        if is_dark:
            went_dark_ms = run[0][0]
        elif run[0][0] - went_dark_ms > _BLINK_MS:
            yield run[0][0] - went_dark_ms, max((lamps for _, lamps in run), key=sum)


def digit_of(lamps):
    """As a person reads it: a ring without a gap is nought, else lamps are counted."""
    return "0" if all(lamps) else str(sum(lamps)) if sum(lamps) < 10 else "?"
