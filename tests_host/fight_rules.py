"""What may be granted, by what hands, clocks and stages have told: the words, as functions.

Each gives reasons against a request, and whether they are sure: where a power cut leaves it open
what the puck can know, they are not.
"""

from dataclasses import dataclass, field
from typing import Any

import fight_words as words
from fight import TOUCH
from fight_acts import act_use, use_of
from sleepsync.paths import records

_SPARE_S = words.CLOCK_SPARE_S


@dataclass
class Consent:
    """`sure`: no accident makes it doubtful."""

    use: int
    scope: int
    until_s: int
    night: int
    sure: bool = True


@dataclass
class Known:
    """What follows from the moves so far. `off` None: nobody can know."""

    off: bool | None = False
    night: int = 0
    stage: int = records.UNKNOWN
    alarm_ms: int = 0
    has_called: bool = False  # before the alarm's time
    quiet_ms: int | None = 0
    consents: dict[int, Consent] = field(default_factory=dict)
    wanted: tuple | None = None  # (Consent, us, ms)
    pressed: tuple | None = None  # (us, ms)
    typed: tuple | None = None  # (us, ms, scene)
    paired: tuple | None = None  # (us, ms)
    held: dict[int, Any] = field(default_factory=dict)  # lane: its Act
    spent: dict = field(default_factory=dict)  # (purse, lane): doses told
    doubtful: set = field(default_factory=set)  # purses
    lost: bool = False  # records, since the start of this life


def against(known: Known, now: tuple, request) -> list:
    """[(why not, whether that is sure)]."""
    scene = words.SCENES.get(request.scene)
    if not scene:
        return [("there is no such scene", True)]
    use = words.USES[scene.use]
    found = []
    if known.off is not False and scene.use != words.ALARM:
        found.append(("everything is off", known.off is True))
    if (request.rule, request.reason) not in use.pairs:
        found.append(("nobody may ask so", True))
    found += _reason_fails(known, now, request)
    if use.needs_consent:
        found += _consent_fails(known, now, scene.use, request.stage)
    if scene.use in words.FOR_THE_AWAKE and known.stage in words.STAGES_ASLEEP:
        found.append(("it is for the awake", True))
    if request.stage != known.stage:
        found.append(("it is of another stage", True))
    return found + _no_room(known, scene, use, request.reason in (words.PRESSED, words.TYPED))


def _no_room(known, scene, use, by_hand):
    found = []
    for lane in scene.lanes:
        act = known.held.get(lane)
        is_hands = by_hand and act and act_use(act) in words.BY_HAND_ALONE
        if act and use_of(act).rank > use.rank and not is_hands:
            found.append(("a higher act holds a lane", True))
        most, key = words.DOSES[use.dose][lane], (use.dose, lane)
        spent = known.spent.get(key, 0) / (1000 if lane == TOUCH else 1)
        if most and (key in known.doubtful or spent > 0.9 * most):
            found.append(("its dose may be used", spent > 1.05 * most))
    return found


def is_due(known: Known, now_ms: int) -> bool:
    """Whether the alarm's time has come."""
    return 0 < known.alarm_ms <= now_ms < known.alarm_ms + words.RING_MS


def _reason_fails(known, now, request):
    now_ms = now[1]
    reason, stage = request.reason, known.stage
    asleep = stage in words.STAGES_ASLEEP
    if reason in (words.PRESSED, words.TYPED):
        return _hand_fails(now, known.pressed if reason == words.PRESSED else known.typed, request)
    if reason == words.OPENED:
        return _late(now, known.paired, words.PAIRING_MS)
    if reason == words.DUE:
        return _due_fails(known, now_ms)
    soon = 0 < known.alarm_ms - now_ms <= words.WINDOW_MS
    holds = {
        words.BEDTIME: not asleep,
        words.SETTLING: stage == records.WAKE,
        words.ASLEEP: asleep,
        words.DISTRESS: stage == records.REM,
        words.LIGHT_SLEEP: soon and stage in (records.WAKE, records.LIGHT),
        words.DAWN: soon,
    }
    return [] if holds.get(reason) else [(f"reason {reason} does not hold", True)]


def _due_fails(known, now_ms):
    if not is_due(known, now_ms):
        return [("no alarm is due", True)]
    if known.quiet_ms is None:
        return [("it may be snoozed", False)]
    return [("it is snoozed", True)] if now_ms < known.quiet_ms else []


def _hand_fails(now, hand, request):
    found = _late(now, hand, words.HAND_MS)
    if not found and request.reason == words.TYPED and hand[2] != request.scene:
        return [("somebody typed for another", True)]
    return found


def _late(now, hand, most_ms):
    us, now_ms, _ = now
    if not hand or us - hand[0] > 1000 * most_ms + 200_000 or now_ms - hand[1] > most_ms:
        return [("no hand asked just now", True)]
    return []


def _consent_fails(known, now, use, stage):
    consent = known.consents.get(use)
    if not consent:
        return [("nobody has allowed it", True)]
    wall_s = now[2]
    found = [] if consent.sure else [("it may not be allowed", False)]
    if consent.until_s and not wall_s:
        found.append(("the time is unknown", True))
    elif consent.until_s and wall_s > consent.until_s - _SPARE_S:
        found.append(("the consent has ended", wall_s > consent.until_s + _SPARE_S))
    elif not consent.until_s and consent.night != known.night:
        found.append(("the consent was another night's", True))
    if not consent.scope & words.SCOPE.get(stage, 0):
        found.append(("the consent is for other stages", True))
    return found
