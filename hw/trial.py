"""A slot that was updated is on trial: what boot.py asks then, loaded for it and forgotten.

NVS says in one number that a slot is to be tried, and how often it was started for that. The
verdict is one entry, too, written before anything that follows from it: so whenever power is lost
it is either not known or for ever. It must never let a slot run on that has not proven itself, and
never judge an update by what is not its fault. It is no part of a slot, and does not change with
an update; docs/update.md tells more.
"""

import json
import os
import sys

import machine
from esp32 import NVS
from micropython import const

VERSION = const(1)  # of boot.py, archive.py and this file: what a slot can rely on

_SPACE = "puck"  # of NVS
_SLOTS = "ab"
_MOST_TRIES = const(3)  # starts on trial that power has ended
_WATCHDOG_MS = const(40000)  # as lib/watchdog.py, which only the application starts
_MOST_BYTES = const(240)  # of a verdict
_HEAD_BYTES = const(512)  # of a manifest, in which its version stands
_NONE = " "
_KEPT = "kept: "
_TAKEN_BACK = "taken back: "
_ALARM_BYTES = const(64)
_ALARM_VERSION = const(1)  # of firmware/alarms.py's entry, and where it says when one is due
_DUE_AT, _DUE_END = const(1), const(5)


def begin(slot: str) -> None:
    """Start anew, from that slot, on trial. OSError if NVS cannot be written."""
    _save("update", _NONE)
    _save("trial", _SLOTS.index(slot) + 1)
    machine.reset()


def outcome() -> str:
    """What came of the latest trial, in words; "" there was none, or it goes on."""
    return _blob("update", _MOST_BYTES).decode().strip(_NONE)


def is_kept(words: str) -> bool:
    """Whether that outcome is a good one."""
    return words.startswith(_KEPT)


def choose(start) -> int:
    """The number of the slot that `start` is to take: the one on trial, unless that is over. Then
    `start.told` says how it has ended.
    """
    number = _number("trial")
    slot, tries = (number - 1) % 2, (number - 1) // 2
    start.bad = 0
    try:
        why = outcome() or _why_not(start, _SLOTS[slot], tries)
        if not why:
            if start.cause != "soft reset":
                _save("trial", number + 2)
            start.trial = _SLOTS[slot]
            start.develop = False  # what hangs must end
            machine.WDT(timeout=_WATCHDOG_MS)
            return slot
        if not outcome():
            _judge(slot, why)
    except OSError as error:
        print("update: no trial (%s); flash the puck anew" % error)
    return _finish(start)


def settle(start, why: str) -> None:
    """The trial is over: the slot is kept, or there is a reason `why` not. Then the puck starts
    anew, from the other one.
    """
    slot = _SLOTS.index(start.trial)
    start.trial = ""
    _judge(slot, why)
    _finish(start)
    print("update: " + start.told)
    if why:
        machine.reset()


def prove(start) -> None:
    """All tasks have shown life for 30 s: now the slot is to prove the rest, by itself."""
    try:
        from firmware.update import proof

        proof.begin(start)
    except Exception as error:  # whatever it is, the slot is no good
        sys.print_exception(error)
        settle(start, "its self-test cannot be had (%r)" % error)


def _why_not(start, slot, tries):
    """Why that slot is not to be started on trial once more; "" it is."""
    if start.cause == "soft reset":
        return ""
    if not tries and start.cause == "reset":
        return ""
    crash = _crash(start, slot) if tries else ""
    if crash:
        return crash
    if start.cause == "watchdog":
        return "it hung"
    if start.cause == "reset":
        return "it started anew, and left no word why"
    if _may_ring():
        return "power was lost on trial, and an alarm is armed, which needs what is proven"
    if tries >= _MOST_TRIES:
        return "power was lost %d times on trial" % tries
    return ""


def _crash(start, slot):
    """What the start before this one has left of a crash, if it was of that slot."""
    newest = start.crashes()[:1]
    head = "boot %d, slot %s, " % (start.boots - 1, slot)
    return newest[0].split(": ", 1)[1] if newest and newest[0].startswith(head) else ""


def _may_ring():
    """Whether an alarm is armed, as far as anybody knows who has no clock."""
    alarm = _blob("alarm", _ALARM_BYTES)
    return bool(alarm) and (alarm[0] != _ALARM_VERSION or any(alarm[_DUE_AT:_DUE_END]))


def _judge(slot, why):
    """The verdict, for ever."""
    its, other = _version(_SLOTS[slot]), _SLOTS[1 - slot]
    if why:
        words = "%s%s; %s runs from slot %s: %s" % (_TAKEN_BACK, its, _version(other), other, why)
    else:
        words = "%s%s runs from slot %s" % (_KEPT, its, _SLOTS[slot])
    _save("update", words[:_MOST_BYTES])


def _finish(start):
    """What follows from a verdict; the number of the slot that runs."""
    start.told = outcome()
    slot = (_number("trial") - 1) % 2
    try:
        if is_kept(start.told):
            _remember(_SLOTS[slot])
            _save("slot", slot)
        elif start.told:
            _put_away(_SLOTS[slot])
        if start.told:
            _save("trial", 0)
    except OSError as error:
        print("update: its end cannot be kept (%s); flash the puck anew" % error)
    return _number("slot")


def _remember(slot):
    """Where NVS is erased, with all that is personal, boot.py must still take what was kept."""
    if slot == "b":
        with open("/b/kept", "w"):
            pass
    elif "b" in os.listdir("/") and "kept" in os.listdir("/b"):
        os.remove("/b/kept")


def _put_away(slot):
    """What was taken back is never started again, not even for want of another: it has no manifest
    but that of an update that comes.
    """
    if slot in os.listdir("/") and "manifest.json" in os.listdir("/" + slot):
        os.rename("/%s/manifest.json" % slot, "/%s/manifest.next" % slot)


def _version(slot):
    try:
        with open("/%s/manifest.json" % slot) as file:
            head = file.read(_HEAD_BYTES)
        return json.loads("{" + head[head.index('"version"') : head.index(",")] + "}")["version"]
    except (OSError, ValueError):
        return "unknown"


def _number(key):
    try:
        return NVS(_SPACE).get_i32(key)
    except OSError:
        return 0


def _blob(key, most_bytes):
    blob = bytearray(most_bytes)
    try:
        return bytes(blob[: NVS(_SPACE).get_blob(key, blob)])
    except OSError:
        return b""


def _save(key, value):
    nvs = NVS(_SPACE)
    put = nvs.set_blob if isinstance(value, str) else nvs.set_i32
    put(key, value)
    nvs.commit()
