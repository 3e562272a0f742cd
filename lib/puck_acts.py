"""The words that ask the governor: for a scene, for a consent, for how loud the speaker is.

Loaded when somebody asks. Each is a generator of lines to print and of ms that are to pass. It
must never go round the governor: what it wants, it asks for, and tells the answer.
"""

from micropython import const
from puck_lines import date, level, line, listed

_DAY_S = const(86400)
_LOOK_MS = const(100)
_QUIET_LOOKS = const(3)  # slices of sound, one a second
_SETTLED = const(2)  # of them may lie before the tone has come up to its level
_LONGEST_MS = const(9000)
_ABOVE_CDB = const(1000)  # the tone over the room: what the room adds is then 0.4 dB at most
_STEADY_CDB = const(100)
# From the puck's own microphone, 5 cm before the speaker, to the pillow at 0.5 m, in the open.
_PILLOW_CDB = const(2000)
_SPARE_CDB = const(300)  # beyond what a speaker may be, before it is taken for broken


def ask(app, name: str):  # noqa: ANN201 (MicroPython has no typing)
    """Ask for a scene, and tell the answer."""
    scenes, _, words = app.acting()
    scene = scenes.named(name)
    if not scene.number:
        yield "no such scene; there are: " + listed(scenes.names()[1:])
        return
    answer = app.running.governor.ask_typed(scene.number)
    yield _answered(answer, words)


def allow(app, name: str, days: int, scope: int):  # noqa: ANN201 (the same)
    """Ask the sleeper's consent to a use: his hand on the button gives it."""
    _, limits, words = app.acting()
    governor, records = app.running.governor, app.records
    wall_s = app.running.clock.wall_s()
    use = _use(name, words, limits)
    if not use:
        yield _no_use(words, limits)
    elif days and not wall_s:
        yield "the time is unknown, so nobody could tell when this ends; set the clock chip first"
    elif not 0 <= days <= limits.MOST_CONSENT_DAYS:
        yield "for at most %d days; 0 is for this night" % limits.MOST_CONSENT_DAYS
    else:
        until_s = wall_s + days * _DAY_S if days else 0
        governor.consent(use, scope, until_s, records.WANTED)
        until = date(until_s) if until_s else "this night ends"
        yield "%s until %s? hold the button for 6 s within a minute" % (name, until)


def forbid(app, name: str):  # noqa: ANN201 (the same)
    """Take a consent back: what acts under it ends at once."""
    _, limits, words = app.acting()
    use = _use(name, words, limits)
    if not use:
        yield _no_use(words, limits)
        return
    app.running.governor.consent(use, limits.AWAKE, 0, app.records.WITHDRAWN)
    yield name + " is not allowed any more"


def acts(app):  # noqa: ANN201 (the same)
    """Whether everything is off, what is allowed, and what acts."""
    scenes, _, words = app.acting()
    gate, names = app.running.governor.gate, scenes.names()
    yield line("everything", "off; hold the button for 6 s to end that" if gate.is_off else "on")
    allowed = ["%s until %s" % _consent(consent, words) for consent in gate.kept()]
    yield line("allowed", listed(allowed))
    for lane, holder in enumerate(gate.holders):
        yield line(app.records.LANES[lane], names[holder.scene.number] if holder else "nothing")
    yield line("speaker", level(gate.heard_cdb // 10) if gate.heard_cdb else "not calibrated")


def calibrate(app):  # noqa: ANN201 (the same)
    """Let the puck hear itself, so that what it reckons is as loud as it is."""
    scenes, limits, words = app.acting()
    puck = app.running
    yield "be quiet for ten seconds"
    room = yield from _slices(puck, _QUIET_LOOKS)
    answer = puck.governor.ask_typed(scenes.named("check").number)
    if not hasattr(answer, "length_s"):
        yield _answered(answer, words)
        return
    heard = yield from _slices(puck, _SETTLED + 2)
    sent_cdb = puck.governor.lanes.sound.peak
    wrong, speaker_cdb = _judged(room, heard[_SETTLED:], sent_cdb, limits)
    if wrong:
        yield wrong
        return
    puck.governor.tell(app.records.CALIBRATED, app.records.PUCK, speaker_cdb)
    yield "a full-scale tone is %s at the pillow; from now on this is reckoned with" % level(
        speaker_cdb // 10
    )


def _slices(puck, count):
    """The next `count` levels of the microphone, 0.01 dB; fewer if it has no more."""
    microphone, found, waited_ms = puck.board.microphone, [], 0
    last = microphone.slices
    while len(found) < count and waited_ms < _LONGEST_MS:
        yield _LOOK_MS
        waited_ms += _LOOK_MS
        if microphone.slices != last:
            last = microphone.slices
            found.append(microphone.level_cdb)
    return found


def _judged(room, heard, sent_cdb, limits):
    """(what is wrong, or "", the speaker's level at the pillow in 0.01 dB)."""
    if not room or len(heard) < 2:
        return "the microphone gives no levels; puck.errors() may tell why", 0
    if max(heard) - min(heard) > _STEADY_CDB:
        return "the tone did not come in evenly; let nobody move or speak, and try again", 0
    if min(heard) < max(room) + _ABOVE_CDB:
        return "the room is too loud beside the tone (%s); try again when it is quieter" % level(
            max(room) // 10
        ), 0
    speaker_cdb = min(heard) - sent_cdb - _PILLOW_CDB
    least, most = limits.QUIETEST_CDB - _SPARE_CDB, limits.LOUDEST_CDB + _SPARE_CDB
    if not least <= speaker_cdb <= most:
        seen = level(speaker_cdb // 10)
        return "speaker or microphone is not as it should be (%s); look at both" % seen, 0
    return "", speaker_cdb


def _answered(answer, words):
    if hasattr(answer, "length_s"):
        return "act %d, for %d s at most" % (answer.number, answer.length_s)
    return "refused: " + words.WHYS[answer.why]


def _consent(consent, words):
    until = date(consent.until_s) if consent.until_s else "this night ends"
    return words.USES[consent.use], until


def _use(name, words, limits):
    """The number of a use that asks for consent; 0 if there is none of that name."""
    for use, its in enumerate(words.USES):
        if its == name and limits.USES[use].asks:
            return use
    return 0


def _no_use(words, limits):
    names = [words.USES[i] for i, use in enumerate(limits.USES) if use.asks]
    return "no such use; there are: " + listed(names)
