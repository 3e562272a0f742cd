"""Explains a night's journal, record by record, with the firmware's own code.

Every request goes through the gate again, every act through the lanes, every epoch through the
score; what does not come out as it is written is a finding. It must never mend what it reads, nor
take a record for true because it stands there.
"""

from explain_clips import Clips
from explain_hand import Hand
from explain_kept import Kept, standing
from explain_ledger import Ledger
from explain_order import EPOCH_MS, LONGEST_EPOCHS, Order, of_night
from explain_rituals import Led
from explain_scores import Scores

from firmware import records
from firmware.governor import limits
from firmware.governor.words import USES
from firmware.keep import journal
from firmware.rituals.asking import SETTINGS
from firmware.stages.live import RULES

_NEVER_TOLD = (4, 5, 6)  # of the settings: zone, radio, bthome
_BY_THE_SENSES = (records.GAP, records.PART_MISSING, records.PART_BACK)
_PARTS = {records.GESTURE: records.BUTTON, records.PRESSED: records.BUTTON}
_CLOCKS_S = 4  # by which clocks differ, at least, before that is told: see governor.py


class Explainer:
    """`look` at each (layout, record) of a night, then `close`.

    `number`: as its file is named, 0 unknown. `before`: what outlived the night before it, as
    `explain_kept.standing` has it, or None. `findings`: [(record, byte, t_ms, kind, words)], the
    record counted from 0, t_ms -1 where it has none; `notes`: words. `is_led`: whether rituals led
    the night, so that what they asked for is to be borne, too. `clips`: the folder of those that
    may have sounded, "" none.
    """

    def __init__(self, number: int, before, is_led: bool = True, clips: str = ""):
        self.findings = []
        self.notes = []
        self.night = None  # a `records.NIGHT`
        self.ledger = Ledger(self._find, self._note, Clips(clips))
        self._number = number
        self._kept = Kept(self.ledger.gate, before, self._find, self._note)
        self._order, self._hand, self._scores = Order(), Hand(), Scores()
        self.led = Led()
        self._is_led = is_led
        self._seals, self._unsealed = journal.Seals(), 0
        self._row = self._at = 0  # of the record that is looked at
        self._t_ms = -1
        self._has_ended = self._is_strange = False

    def look(self, kind, record) -> None:
        """Take the next record; layout None: bytes that are none."""
        self._t_ms = -1
        if kind is records.SEAL:
            self._seal(record)
        elif kind:
            self._seals.look(kind, record)
            self._unsealed += 1
            if not self._is_strange:
                self._told(kind, record)
        else:
            self._seals.look(kind, record)
            self._find("damage", "%d bytes that are no record" % len(record))
        self._row += 1
        self._at += len(record)

    def close(self, is_newest: bool) -> None:
        """The journal ends; the newest night may still go on."""
        self._t_ms = -1
        if self._is_strange:
            return
        if self._unsealed:
            self._find("seal", "%d records stand behind the last seal" % self._unsealed)
        if self._has_ended:
            self._found("score", self._scores.close())
        elif not is_newest:
            self._find("end", "the night has no end, and another has begun since")
        else:
            self._note("the night has no end: it goes on, or the puck lost its power")

    def _find(self, kind, words):
        self.findings.append((self._row, self._at, self._t_ms, kind, words))

    def _found(self, kind, words):
        if words:
            self._find(kind, words)

    def _note(self, words):
        self.notes.append("record %d: %s" % (self._row, words))

    def _seal(self, record):
        broken = self._seals.broken
        self._seals.look(records.SEAL, record)
        self._unsealed = 0
        if self._seals.broken > broken:
            self._find("seal", "it does not follow from what stands before it")

    def _told(self, kind, record):
        if not (self.night or kind is records.NIGHT):
            self._find("start", "a night begins with the record that names it")
        elif self._has_ended:
            self._find("end", "it stands behind the night's end")
        elif kind is records.SCORE:
            for score in kind.rows(record):
                self._found("score", self._scores.look(score))
        else:
            self._look_at(kind, kind.unpack(record))

    def _look_at(self, kind, fields):
        if kind is records.NIGHT:
            return self._begin(fields)
        if kind is records.EPOCH:
            return self._epoch(fields)
        self._t_ms = fields.t_ms
        is_restart = kind is records.EVENT and fields.kind == records.START and fields.value
        if not is_restart:
            self._found("time", self._order.timed(fields.t_ms))
        is_event = kind is records.EVENT
        self._found("hand", self._hand.look(fields) if is_event else self._hand.pass_by(self._t_ms))
        if kind is records.CONSENT:
            self._found("consent", _misgiven(fields, self.night.night))
        self._look_led(kind, fields)
        is_kept = self._kept.look(kind, fields)
        if is_event:
            self._event(fields)
        if not is_kept:
            self.ledger.look(kind, fields)
        if kind is records.EMITTED:
            self._order.emitted(fields)

    def _begin(self, night):
        if self.night:
            return self._find("start", "a night begins inside a night")
        self.night = night
        if night.version != records.VERSION:
            self._is_strange = True
            said = night.version, records.VERSION
            return self._find("version", "written by version %d, and this reads %d" % said)
        self._found("start", of_night(night, self._number, RULES))
        self.ledger.gate.take(records.NIGHT, night)
        self.led.look(records.NIGHT, night, 0)
        self._kept.begin(night)

    def _epoch(self, epoch):
        self._kept.end()
        self._found("epoch", self._order.epoch(epoch, self.ledger.since_ms))
        if epoch.index > LONGEST_EPOCHS:
            return
        self._t_ms = end_ms = (epoch.index + 1) * EPOCH_MS
        self._look_led(records.EPOCH, epoch)
        self.ledger.look(records.EPOCH, epoch)
        for score in self._scores.step(epoch):
            self.led.hear(score, end_ms)
            self.ledger.hear(score, end_ms)

    def _look_led(self, kind, fields):
        wrong = self.led.look(kind, fields, self._t_ms)
        if self._is_led:
            self._found("led", wrong)

    def _event(self, event):
        kind = event.kind
        self._found("event", _misplaced(event))
        if kind == records.START:
            self._start(event)
        elif kind == records.STOP:
            self._found("end", self._order.stopped(event.t_ms))
            self._has_ended = True
        elif kind in _BY_THE_SENSES:
            self._found("part", self._order.part(event))
        elif kind == records.CLOCK_SET:
            off_s = event.value - self.ledger.gate.wall_s(event.t_ms)
            self._found("event", "" if abs(off_s) > _CLOCKS_S else "the clock was right")

    def _start(self, event):
        self._found("start", self._kept.start(event.value))
        if event.value:
            self._found("start", self._order.started(event, self.night.start_s))


def explain(path: str, is_led: bool = True, clips: str = "") -> dict:
    """A journal that lies in its folder, beside the nights before and after it. `clips`: as in
    `Explainer`. See `_answer`.
    """
    folder, name = path.rsplit("/", 1) if "/" in path else (".", path)
    number = _number(name)
    others = journal.nights(folder)
    before = standing(_read(folder, number - 1)) if number - 1 in others else None
    with open(path, "rb") as file:
        is_newest = not others or number >= max(others)
        return explain_bytes(file.read(), number, before, is_newest, is_led, clips)


def explain_bytes(
    data: bytes, number: int, before, is_newest: bool, is_led: bool = True, clips: str = ""
) -> dict:
    """Bytes of a journal, likewise; `before`: what `standing_of` gives of the last night's."""
    explainer = Explainer(number, before, is_led, clips)
    for kind, record in _together(journal.parse((bytes(data),))):
        explainer.look(kind, record)
    explainer.close(is_newest)
    return _answer(explainer)


def standing_of(data: bytes) -> list:
    """What outlives the night of these bytes."""
    return standing(journal.parse((bytes(data),)))


def _answer(explainer):
    """`findings`, `notes`: see `Explainer`; `acts`: a row for each request (explain_rows.py);
    `uses`: their names; `states`, `whys`: see explain_rituals.py.
    """
    return {
        "findings": explainer.findings,
        "notes": explainer.notes,
        "acts": explainer.ledger.rows,
        "uses": USES,
        "states": explainer.led.states,
        "whys": explainer.led.whys,
    }


def _together(parsed):
    """The same, bytes that are no record in one piece."""
    rest = b""
    for kind, record in parsed:
        if not kind:
            rest += record
            continue
        if rest:
            yield None, rest
            rest = b""
        yield kind, record
    if rest:
        yield None, rest


def _read(folder, number):
    with open("%s/%05d.night" % (folder, number), "rb") as file:
        return journal.parse((file.read(),))


def _number(name):
    """As a night's file is named; 0 of any other name."""
    stem = name.split(".")[0]
    return int(stem) if stem.isdigit() else 0


def _misgiven(consent, night):
    """What is wrong with a consent by itself."""
    if consent.use >= len(limits.USES) or not limits.USES[consent.use].asks:
        return "that use asks for none"
    if consent.state >= len(records.CONSENTS):
        return "there is no such state"
    return "it is of a night to come" if consent.night > night else ""


def _misplaced(event):
    """What is wrong with an event by itself."""
    kind, value = event.kind, event.value
    if not 0 < kind < len(records.EVENTS):
        return "there is no such event"
    if kind == records.SETTING:
        is_told = 0 < event.part < len(SETTINGS) and event.part not in _NEVER_TOLD
        return "" if is_told else "a night is told no such setting"
    if kind not in _BY_THE_SENSES and event.part != _PARTS.get(kind, records.PUCK):
        return "that part does not tell such a thing"
    if kind == records.GESTURE and not 0 < value < len(records.GESTURES):
        return "there is no such gesture"
    if kind in (records.STOP, records.PART_MISSING, records.PART_BACK) and value:
        return "it has no value"
    return "there is no such time" if value < 0 else ""
