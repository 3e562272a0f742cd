"""The ledger of a night: requests, answers, ends and consents, each led back to its cause.

What follows from a record is made again by the firmware's own gate and lanes, and must stand right
behind it, exactly so. It must never let an act stand that no request explains.
"""

from explain_lanes import BY_ITSELF, Rendering
from explain_limits import Limits
from explain_rows import Rows

from firmware import records
from firmware.bedside import gestures, scenes
from firmware.governor import clips, limits, words
from firmware.governor.gate import Gate

_ANSWERS = (records.ACT, records.REFUSAL)
_AT_THE_END = (records.STOP, records.GAP, records.PART_MISSING)
_LATE_MS = 10000  # by which the link may learn late that pairing is over
_CALIBRATION_MS = 30000  # from the tone to what was heard of it
_CALIBRATION_CDB = 300  # beyond what speakers are: see lib/puck_acts.py


class Ledger:
    """`look` at each record of a night but scores, `hear` each score. `find(kind, words)` and
    `note(words)` hear of what is wrong, and of what cannot be known. `gate`: as it stands now.
    `since_ms`: of each lane, since when an act holds it, or -1. `rows`: see explain_rows.py.
    """

    def __init__(self, find, note, clips):
        self._find, self._note = find, note
        self.gate = Gate()
        self.since_ms = [-1] * len(records.LANES)
        self._fades_ms = [0] * len(records.LANES)  # when the gate decided that it fades, or 0
        self._lanes, self._limits, self._table = Rendering(clips), Limits(), Rows()
        self.rows = self._table.rows
        self._due = []  # (layout, {field: value}, words): what must come next
        self._act = None  # whose lanes are taken when nothing is due any more
        self._clip_of = 0  # the act that has just begun, if its scene names a clip
        self._unborne = ""  # why an end was written that only the night's own end explains
        self._checked_ms = -_CALIBRATION_MS
        self._opened_ms = None  # when a hand opened pairing

    def look(self, kind, fields) -> None:
        """Take the next record, of layout `kind`."""
        clip_of, self._clip_of = self._clip_of, 0
        if kind is records.EVENT and fields.kind == records.CLIP:
            self._clip(clip_of, fields)
        if self._unborne and not _may_follow_the_end(kind, fields):
            self._tell_unborne()
        if self._due and self._meets(kind, fields):
            return
        if kind is records.EMITTED:
            self._ends_by_itself(fields)
        elif kind in _ANSWERS:
            self._find("extra", "no request explains %s" % _said(kind, fields))
        elif _is_answer(kind, fields):
            self._find("extra", "no gesture explains %s" % _said(kind, fields))
        elif kind is records.EVENT:
            self._event(fields)
        elif kind is records.CONSENT:
            if fields.night != self.gate.night:
                self._find("consent", "it is of another night")
            self._input(kind, fields)
        elif kind is records.REQUEST:
            if fields.rule == limits.HAND:  # what a ritual asks for is explained by rituals
                self._find("cause", "no hand asked for request %d" % fields.number)
            elif fields.rule == limits.LINK and not self._may_pair(fields.t_ms):
                self._find("cause", "no hand opened pairing before request %d" % fields.number)
            self._request(fields)
        else:
            self._input(kind, fields)

    def hear(self, score, t_ms: int) -> None:
        """The latest live score, which came at that time."""
        self.gate.hear(score)
        self._owe(t_ms)

    # -- what must follow

    def _meets(self, kind, fields):
        """Whether a record is one of those that are due; those before it are missing."""
        for i in range(len(self._due)):
            if _fits(kind, fields, self._due[i]):
                self._miss(i)
                self._meet(kind, fields)
                return True
        if _is_like(kind, fields, self._due[0]):
            self._find("altered", _unlike(kind, fields, self._due[0]))
            self._meet(kind, fields)
            return True
        if not _is_answer(kind, fields):
            self._miss(len(self._due), _goes_on(kind, fields))
            self._settle()
        return False

    def _miss(self, count, is_cut=False):
        for _, _, said in self._due[:count]:
            if is_cut:
                self._note("the puck stopped before it could write %s" % said)
            else:
                self._find("missing", "%s is missing before this" % said)
        self._due = self._due[count:]

    def _meet(self, kind, fields):
        """The first of what is due has come."""
        _, wanted, _ = self._due.pop(0)
        if kind is records.EMITTED:
            self._lane_ends(fields)
        elif kind is records.REQUEST:
            self._request(fields)
        elif kind in _ANSWERS:
            self._table.answer(kind, fields)
            if kind is records.ACT:
                self._act = kind.of(*[wanted[name] for name in kind.names])
        self._settle()

    def _settle(self):
        """When nothing is due any more, an act that was granted takes its lanes."""
        act = self._act
        if self._due or not act:
            return
        self._act = None
        self._lanes.begin(act, self.gate)
        for lane, number in enumerate(self._lanes.numbers):
            if number == act.number:
                self.since_ms[lane], self._fades_ms[lane] = act.t_ms, 0
        holder = self.gate.holders[records.SOUND_LANE]
        if holder and holder.number == act.number and clips.named_by(holder.scene.number):
            self._clip_of = act.number

    def _clip(self, number, event):
        """A clip sounds in act `number`, 0: nothing that has just begun plays one."""
        if not number:
            self._find("cause", "no act before it plays a clip")
        else:
            self._lanes.clip(event.value)
            if self._lanes.is_unheard:
                self._note("act %d plays clip %d, which is not here" % (number, event.value))

    def _input(self, kind, fields):
        """Let the gate take a record: what it answers, and ends, is due."""
        answers = self.gate.take(kind, fields)
        for layout, answer in answers:
            wanted = dict(zip(layout.names, answer))
            self._due.append((layout, wanted, _said(layout, answer)))
        self._owe(0)
        return answers

    def _owe(self, t_ms):
        for lane, why in self.gate.ends:
            number = self._lanes.numbers[lane]
            if why in limits.GENTLY:
                self._lanes.close(lane, why)
                self._fades_ms[lane] = self._fades_ms[lane] or t_ms
            elif number:
                wanted = {"number": number, "lane": lane, "why": why}
                said = number, records.LANES[lane], words.WHYS[why]
                self._due.append((records.EMITTED, wanted, "the end of act %d's %s (%s)" % said))

    # -- causes

    def _event(self, event):
        kind = event.kind
        if kind == records.START and event.value:
            self._cut_off(event.t_ms)
        elif kind == records.STOP:
            self._stop()
        elif kind == records.CALIBRATED:
            self._calibrated(event)
        answers = self._input(records.EVENT, event)
        is_lit = self.gate.is_lit()
        if kind == records.GESTURE and event.value == gestures.THRICE:
            self._opened_ms = event.t_ms
        if kind == records.GESTURE and event.value == gestures.LONG and not (answers or is_lit):
            self._ask(limits.PRESSED, scenes.LAMP, "the request of the hand that pressed")
        elif kind == records.ASKED:
            self._ask(limits.TYPED, event.value, "the request that was typed")

    def _may_pair(self, t_ms):
        """Whether the link may ask: what ended pairing since, it learns by being refused."""
        opened_ms = self._opened_ms
        return opened_ms is not None and t_ms - opened_ms <= limits.PAIRING_MS + _LATE_MS

    def _ask(self, reason, scene, said):
        wanted = {"rule": limits.HAND, "reason": reason, "scene": scene}
        self._due.append((records.REQUEST, wanted, said))

    def _cut_off(self, t_ms):
        """What acted when the puck stopped left no word of its end, and need not."""
        for number in sorted(set([number for number in self._lanes.numbers if number])):
            self._note("act %d was cut off; the most that it can have given counts" % number)
            self._table.cut(number, t_ms)
        self._due, self._act, self._unborne = [], None, ""
        self._opened_ms = None
        self._lanes.restart()
        self.since_ms = [-1] * len(records.LANES)

    def _stop(self):
        self._unborne = ""
        for lane, number in enumerate(self._lanes.numbers):
            if number:
                said = number, records.LANES[lane]
                self._find("missing", "act %d holds the %s, and its end is missing" % said)

    def _calibrated(self, event):
        least, most = limits.QUIETEST_CDB, limits.LOUDEST_CDB
        if not least - _CALIBRATION_CDB <= event.value <= most + _CALIBRATION_CDB:
            self._find("cause", "no speaker is like that")
        elif event.t_ms - self._checked_ms > _CALIBRATION_MS:
            self._find("cause", "the puck did not sound before it heard itself")

    def _request(self, request):
        number = self.gate.number % 0xFFFF + 1
        if request.number != number:
            self._find("request", "its number is %d, and %d is next" % (request.number, number))
        if request.stage != self.gate.stage:
            self._find("request", "the night is in another stage")
        self._table.request(request)
        ((kind, _),) = self._input(records.REQUEST, request)
        if kind is records.ACT and scenes.SCENES[request.scene].use == scenes.CHECK:
            self._checked_ms = request.t_ms

    # -- ends

    def _ends_by_itself(self, told):
        """The end of a lane that follows from no record: it is over, it failed, the night ends."""
        if told.lane >= len(records.LANES) or told.number != self._lanes.numbers[told.lane]:
            return self._find("extra", "no such act holds that lane")
        if told.why == limits.STOPPED:
            self._unborne = "nobody stopped act %d" % told.number
        elif told.why == limits.FAILED:
            self._note("act %d ended since a part failed, says the puck" % told.number)
        elif told.why not in BY_ITSELF:
            said = told.number, words.WHYS[told.why] if told.why < len(words.WHYS) else told.why
            self._find("cause", "nothing ended act %d so (%s)" % said)
        self._lane_ends(told)

    def _tell_unborne(self):
        self._find("cause", self._unborne + " before this")
        self._unborne = ""

    def _lane_ends(self, told):
        """A lane that is held ends as is told, due or not."""
        lane = told.lane
        if lane >= len(records.LANES) or not self._lanes.numbers[lane]:
            return
        self._table.end(told)
        wrong = self._limits.time(told, self.since_ms[lane], self._fades_ms[lane])
        self.since_ms[lane] = -1
        if wrong:
            self._lanes.drop(lane)
            should = told
        else:
            if lane == records.SOUND_LANE and self._lanes.is_unheard:
                self._note("act %d's sound was not checked" % told.number)
            wrong, should = self._lanes.end(told)
        if wrong:
            said = told.number, records.LANES[lane], wrong
            self._find("emitted", "act %d's %s: %s" % said)
        self._beyond(should)
        self.gate.take(records.EMITTED, should)

    def _beyond(self, told):
        wrong = self._limits.look(told, self._table.row_of(told.number))
        if wrong:
            self._find("limit", wrong)


def _may_follow_the_end(kind, fields):
    """Whether it may stand between the last ends of a night and its stop."""
    return kind is records.EMITTED or (kind is records.EVENT and fields.kind in _AT_THE_END)


def _goes_on(kind, fields):
    return kind is records.EVENT and fields.kind == records.START and fields.value


def _is_answer(kind, fields):
    """Whether only the gate writes such a record, behind a cause; ends are told apart elsewhere."""
    if kind is records.EVENT:
        return fields.kind == records.BREAKER
    return kind in _ANSWERS or (kind is records.CONSENT and fields.state >= records.GRANTED)


def _fits(kind, fields, due):
    layout, wanted, _ = due
    return layout is kind and not [n for n in wanted if getattr(fields, n) != wanted[n]]


def _is_like(kind, fields, due):
    """Whether a record is what is due, altered."""
    layout, wanted, _ = due
    if layout is not kind:
        return False
    if kind is records.EVENT:
        return fields.kind == wanted["kind"]
    if kind is records.CONSENT:
        return fields.state == wanted["state"]
    return kind is not records.EMITTED or fields.lane == wanted["lane"]


def _unlike(kind, fields, due):
    _, wanted, said = due
    names = [n for n in kind.names if n in wanted and getattr(fields, n) != wanted[n]]
    each = ["%s is %d, not %d" % (n, getattr(fields, n), wanted[n]) for n in names]
    return "%s comes out otherwise: %s" % (said, ", ".join(each))


def _said(kind, fields):
    """An answer in a few words."""
    if kind is records.ACT:
        return "act %d" % fields.number
    if kind is records.REFUSAL:
        return "the refusal of request %d" % fields.number
    if kind is records.CONSENT:
        return "the consent"
    return (
        "that everything is off, or on again"
        if fields.kind == records.BREAKER
        else "the alarm's end"
    )
