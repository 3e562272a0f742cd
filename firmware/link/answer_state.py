"""Answers about the puck's state, and requests that change it: bodies are JSON.

Loaded when somebody asks. It must never act but by asking the governor, and never tell a secret.
"""

import json
import os
import time as ticking

from firmware import records
from firmware.link import status
from firmware.link.answering import asked, told, version, whole
from firmware.link.status import Refused

_DAY_S = 86400
_MOST_STAGES = 7


def state(puck, link, peer, body) -> tuple:
    """1 STATE: none -> {"board", "version", "records" (their version), "up_s", "wall_s" (local,
    seconds since 2000-01-01, 0 unknown), "zone", "night", "epoch", "stage", "rate_bpm" (0 unknown),
    "missing" (parts), "free_bytes", "pairable", "radio"}.
    """
    wall_s = puck.clock.wall_s()
    stat = os.statvfs(link.folder)
    return told(
        {
            "board": puck.name,
            "version": version(puck.start.slot),
            "records": records.VERSION,
            "up_s": ticking.ticks_ms() // 1000,
            "wall_s": wall_s,
            "zone": puck.clock.zone.text,
            "night": puck.journal.night,
            "epoch": puck.clock.now_ms() // (records.EPOCH_S * 1000),
            "stage": puck.score.stage if puck.score else records.UNKNOWN,
            "rate_bpm": puck.governor.gate.rate_bpm,
            "missing": [records.PARTS[s.part] for s in puck.sensors() if not s.present],
            "free_bytes": stat[1] * stat[3],
            "pairable": link.is_pairable(),
            "radio": puck.settings.get("radio"),
        }
    )


def settings(puck, link, peer, body):  # noqa: ANN201 (a generator)
    """2 SETTINGS: none -> [[name, value, unit, least, most, meaning], ...]."""
    rows = puck.settings.rows()
    for i, (row, value) in enumerate(rows):
        yield b"[" if not i else b","
        yield json.dumps((row.name, value, row.unit, row.least, row.most, row.meaning)).encode()
    yield b"]"


def change(puck, link, peer, body) -> tuple:
    """3 SET: {"name", "value"} -> {}."""
    wish = asked(body)
    number = puck.settings.set(wish["name"], wish["value"])
    puck.changed(number)
    return told({})


def time(puck, link, peer, body) -> tuple:
    """4 TIME: none -> {"wall_s", "known", "zone"}."""
    clock = puck.clock
    wall_s = clock.wall_s()
    return told({"wall_s": wall_s, "known": bool(wall_s), "zone": clock.zone.text})


def change_time(puck, link, peer, body) -> tuple:
    """5 SET_TIME: {"local_s"}, seconds since 2000-01-01 -> {}."""
    puck.set_time(whole(asked(body)["local_s"]))
    return told({})


def scenes(puck, link, peer, body):  # noqa: ANN201 (a generator)
    """6 SCENES: none -> [[number, name], ...]."""
    rows, _, _ = link.acting()
    for number, name in enumerate(rows.names()):
        if number:
            yield b"[" if number == 1 else b","
            yield json.dumps((number, name)).encode()
    yield b"]"


def ask(puck, link, peer, body) -> tuple:
    """7 ASK: {"scene"}, its number -> {"act", "length_s"}."""
    number = whole(asked(body)["scene"])
    answer = puck.governor.ask_typed(number)
    if not hasattr(answer, "length_s"):
        _, _, words = link.acting()
        raise Refused(status.NOT_ALLOWED, words.WHYS[answer.why])
    return told({"act": answer.number, "length_s": answer.length_s})


def consent(puck, link, peer, body) -> tuple:
    """8 CONSENT: {"use", "days", "stages"}, or {"use", "take_back"} -> {}."""
    wish = asked(body)
    _, limits, words = link.acting()
    governor, clock = puck.governor, puck.clock
    uses = [words.USES[i] for i, use in enumerate(limits.USES) if use.asks]
    if wish["use"] not in uses:
        raise ValueError("no such use; there are: " + ", ".join(uses))
    use = words.USES.index(wish["use"])
    if wish.get("take_back"):
        governor.consent(use, limits.AWAKE, 0, records.WITHDRAWN)
        return told({})
    days, stages = whole(wish["days"]), whole(wish["stages"])
    wall_s = clock.wall_s()
    if not 0 <= days <= limits.MOST_CONSENT_DAYS or not 0 < stages <= _MOST_STAGES:
        raise ValueError("at most %d days, and stages 1 to 7" % limits.MOST_CONSENT_DAYS)
    if days and not wall_s:
        raise ValueError("the time is unknown: set it first")
    governor.consent(use, stages, wall_s + days * _DAY_S if days else 0, records.WANTED)
    return told({})


def bonds(puck, link, peer, body) -> tuple:
    """15 BONDS: none -> [[index, since (as wall_s), whether it is this one], ...]."""
    rows = link.bonds.rows()
    return told([(place, bond.since_s, bond.address == peer.address) for place, bond in rows])


def forget(puck, link, peer, body) -> tuple:
    """16 FORGET: {"bond"}, its index -> {}, and the connection of who had it ends."""
    link.forget(whole(asked(body)["bond"]))
    return told({})
