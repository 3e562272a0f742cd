"""Judges a story by its moves: what might act, what had to, and what had to be dark.

It follows the moves alone: what hands did, what was allowed, what time it was. Where a power cut
makes it uncertain what the puck can know, either is right.
"""

from typing import Any

import fight_lanes as lanes
import fight_light
import fight_rules as rules
import fight_words as words
from fight import LIGHT, SOUND, TOUCH, Story
from fight_acts import act_use, use_of
from fight_rules import Consent, Known
from sleepsync.paths import records

_LANES = (LIGHT, SOUND, TOUCH)
_AT_ONCE_US = 20_000
_FADE_US = (90_000, 7_000_000, 90_000)  # by when a lane is falling, silent, still
_SPARE_S = words.CLOCK_SPARE_S
_EMITTED_WHY = {"over": 0, "stopped": 11, "snoozed": 12, "replaced": 13, "failed": 15, "dose": 7}


def faults(story: Story) -> list[str]:
    """Every promise that the story breaks, in a sentence each."""
    judge = _Judge(story)
    judge.walk()
    return [*judge.found, *records_faults(story), *lanes.faults(story)]


class _Judge:
    def __init__(self, story):
        self.story = story
        self.found: list[str] = []
        self.known = Known()
        self._off_since: int | None = None
        self._request: Any = None
        self._now = 0, 0, 0  # us, ms of the night, wall time
        self._move: tuple = ("",)

    def walk(self):
        for row in self.story.rows:
            name = "_on_" + row.kind.replace("lost ", "").replace(" ", "_").lower()
            if row.kind.startswith("lost"):
                self.known.lost = True
            if hasattr(self, name):
                getattr(self, name)(row)
        self._end_off(self.story.end_us)

    def _say(self, row, what):
        self.found.append(f"at {row.us / 1e6:.3f} s: {what}")

    # -- lives

    def _on_start(self, row):
        cause, found = row.fields
        known = self.known
        known.held.clear()
        if not cause:
            return
        if known.held or cause == 2 or known.lost:
            known.quiet_ms = None if cause == 2 or known.lost else known.quiet_ms
        self._look_into(found)
        known.wanted = known.wanted if cause == 1 and not known.lost else None
        known.pressed = known.typed = known.paired = None
        known.lost = False

    def _look_into(self, found):
        """What the journal still tells after a start."""
        known, alarm_ms, stage = self.known, 0, records.UNKNOWN
        known.has_called = False
        for text in found:
            record = bytes.fromhex(text)
            layout = records.LAYOUTS[record[0]]
            fields = layout.unpack(record)
            if layout is records.EVENT and fields.kind == records.ALARM_SET:
                alarm_ms, known.has_called = fields.value, False
            elif layout is records.REQUEST:
                asked = fields
            elif layout is records.ACT and asked.number == fields.number:
                known.has_called |= asked.scene == 10
            elif layout is records.EPOCH:
                stage = fields.counts
        known.alarm_ms, known.stage = alarm_ms, stage

    def _on_end_of_life(self, row):
        known = self.known
        for lane, act in known.held.items():
            known.doubtful.add((use_of(act).dose, lane))
        if row.fields[0]:
            self._say(row, f"{row.fields[0]} tasks died")

    def _on_night(self, row):
        known = self.known
        if row.fields.night != known.night:
            known.consents = {u: c for u, c in known.consents.items() if c.until_s}
        known.night = row.fields.night
        known.alarm_ms, known.quiet_ms, known.stage, known.wanted = 0, 0, records.UNKNOWN, None
        known.has_called = False
        known.spent, known.doubtful = {}, set()

    def _on_epoch(self, row):
        """Kept or not, the puck hears it."""
        self.known.stage = row.fields.counts
        for lane, act in self.known.held.items():
            if self._is_out_of_place(act):
                self._must_fade(row, lane, act)

    def _is_out_of_place(self, act):
        """Its sleeper is now where it may not be."""
        use, stage = act_use(act), self.known.stage
        if use in words.FOR_THE_AWAKE and stage in words.STAGES_ASLEEP:
            return True
        consent = self.known.consents.get(use)
        return bool(consent and consent.sure and not consent.scope & words.SCOPE.get(stage, 0))

    def _must_fade(self, row, lane, act):
        on_it = self.story.on(lane)
        later = [a.from_us for a in on_it[on_it.index(act) + 1 :]]
        to_us = min([*later, self.story.end_us])
        from_us = row.us + _FADE_US[lane]
        from_us += self.story.busy_us(row.us, from_us)
        if lane == LIGHT:
            goes_on = fight_light.rises(self.story, from_us, to_us)
        else:
            goes_on = any(a < to_us and b > from_us for a, b in lanes.emissions(self.story, lane))
        if goes_on:
            self._say(row, f"act {act.number} does not fade on lane {lane}, out of its stages")

    def _on_gate(self, row):
        live, again, lost = row.fields
        if not lost and live != again:
            other = {k: (live[k], again[k]) for k in live if live[k] != again[k]}
            self._say(row, f"the journal replays to another gate: {other}")

    # -- moves

    def _on_begin(self, row):
        number, now_ms, wall_s = row.fields
        self._now = row.us, now_ms, wall_s
        name, *arguments = self._move = self.story.moves[number]
        handler = getattr(self, "_move_" + name, None)
        if handler:
            handler(row, *arguments)

    def _on_end(self, row):
        how = row.fields[1]
        name, *arguments = self._move
        self._move = ("",)
        if how not in ("done", "cut", "OSError"):
            self._say(row, f"{(name, *arguments)} raised {how}")
        if how == "cut" and name in ("feel", "consent"):
            self._doubt()

    def _doubt(self):
        self._end_off(self._now[0])
        self.known.off = None
        for consent in self.known.consents.values():
            consent.sure = False
        if self.known.wanted:
            consent = self.known.wanted[0]
            consent.sure = False
            self.known.consents[consent.use] = consent

    def _move_feel(self, row, gesture):
        us, now_ms, _ = self._now
        is_opened = gesture == words.THRICE and self.known.off is not True
        self.known.paired = (us, now_ms) if is_opened else None
        if gesture == words.SHORT:
            if any(use_of(a) is words.USES[words.ALARM] for a in self.known.held.values()):
                self.known.quiet_ms = now_ms + words.SNOOZE_MS
            self._must_be_still(row, lambda act: True)
        elif gesture == words.DOUBLE:
            self._must_be_still(row, lambda act: use_of(act) is not words.USES[words.ALARM])
            if not self.known.off:
                self._off_since = us
            self.known.off = True
        elif gesture == words.HOLD:
            self._hold(us, now_ms)
        elif gesture == words.LONG and self.known.has_called | rules.is_due(self.known, now_ms):
            self.known.alarm_ms, self.known.has_called = 0, False
        elif gesture == words.LONG:
            self.known.pressed = us, now_ms

    def _hold(self, us, now_ms):
        known = self.known
        was_off, known.off = known.off, False
        if was_off:
            self._end_off(us)
            return
        wanted, known.wanted = known.wanted, None
        if wanted and us - wanted[1] <= 1000 * words.ASKED_MS + 200_000:
            consent = wanted[0]
            consent.sure = consent.sure and was_off is False and now_ms - wanted[2] < words.ASKED_MS
            if 0 <= now_ms - wanted[2] <= words.ASKED_MS or now_ms < wanted[2]:
                known.consents[consent.use] = consent

    def _move_consent(self, row, use, scope, ends_in_s, state):
        us, now_ms, wall_s = self._now
        known = self.known
        its = words.USES.get(use)
        if not its or not its.needs_consent:
            return
        scope &= words.ANY_STAGE
        until_s = max(0, wall_s + ends_in_s) if ends_in_s else 0
        if state == words.WITHDRAWN:
            self._must_be_still(row, lambda act: use_of(act) is its)
            known.consents.pop(use, None)
        elif state == words.ASKED_FOR:
            left_s = until_s - wall_s
            if until_s and not (wall_s and -_SPARE_S < left_s < words.SEASON_S + _SPARE_S):
                return
            sure = not until_s or _SPARE_S < left_s < words.SEASON_S - _SPARE_S
            known.wanted = Consent(use, scope, until_s, known.night, sure), us, now_ms

    def _move_type(self, row, scene):
        us, now_ms, _ = self._now
        self.known.typed = us, now_ms, scene

    def _move_alarm(self, row, in_ms):
        if not in_ms:
            self._must_be_still(row, lambda act: act_use(act) in words.OF_THE_MORNING)
        self.known.alarm_ms = self._now[1] + in_ms if in_ms else 0
        self.known.has_called = False
        self.known.quiet_ms = 0

    def _move_clock(self, row, wall_s):
        for use, consent in list(self.known.consents.items()):
            if consent.until_s and (not wall_s or wall_s > consent.until_s + _SPARE_S):
                self._must_be_still(row, lambda act, use=use: act_use(act) == use, spare=True)

    # -- what had to be dark

    def _must_be_still(self, row, is_meant, spare=False):
        """From 20 ms after `row` on, what the lanes that are meant do, till the next act."""
        for lane, act in self.known.held.items():
            if not is_meant(act):
                continue
            from_us = row.us + _AT_ONCE_US
            if spare:
                from_us += self.story.busy_us(row.us, row.us + 1_000_000)
            on_it = self.story.on(lane)
            later = [a.from_us for a in on_it[on_it.index(act) + 1 :]]
            to_us = min([*later, self.story.end_us])
            for a, b in lanes.emissions(self.story, lane):
                if a < to_us and b > from_us:
                    name = records.LANES[lane]
                    self._say(
                        row, f"{name} of act {act.number} goes on {(b - row.us) / 1000:.0f} ms"
                    )
                    break

    def _end_off(self, us):
        since, self._off_since = self._off_since, None
        if since is None:
            return
        for lane in _LANES:
            alarms = [a for a in self.story.on(lane) if act_use(a) == words.ALARM]
            for a, b in lanes.emissions(self.story, lane):
                covered = any(x.from_us <= a <= x.to_us + 700_000 for x in alarms)
                if a < us and b > since + _AT_ONCE_US and not covered:
                    name = records.LANES[lane]
                    self.found.append(f"{name} at {a / 1e6:.3f} s, off since {since / 1e6:.3f} s")
                    break

    # -- requests

    def _on_request(self, row):
        self._request = row.fields

    def _on_act(self, row):
        request = self._request
        if not request or request.number != row.fields.number:
            self._say(row, f"act {row.fields.number} without its request")
            return
        against = rules.against(self.known, self._now, request)
        sure = [what for what, is_sure in against if is_sure]
        if sure:
            self._say(row, f"granted: {_named(request)}; but {', '.join(sure)}")
        self._judge_length(row, request)
        self.known.pressed = self.known.typed = None
        self.known.has_called |= request.scene == 10
        for act in self.story.acts:
            if (act.from_us, act.number) == (row.us, row.fields.number):
                self.known.held[act.lane] = act

    def _judge_length(self, row, request):
        """No act is longer than its scene, or than the consent that it rests on."""
        scene = words.SCENES.get(request.scene)
        if not scene:
            return
        most_s = scene.length_s
        consent = self.known.consents.get(scene.use)
        if consent and consent.until_s:
            most_s = min(most_s, consent.until_s - self._now[2] + _SPARE_S)
        if row.fields.length_s > most_s:
            self._say(
                row, f"act {row.fields.number} may last {row.fields.length_s} s, not {most_s}"
            )

    def _on_refusal(self, row):
        request = self._request
        against = (
            rules.against(self.known, self._now, request) if request else [("no request", True)]
        )
        if not against:
            self._say(
                row, f"refused ({row.fields.why}): {_named(request)}; and nothing is against it"
            )

    def _on_emitted(self, row):
        fields, known = row.fields, self.known
        act = next((act for act in self.story.acts if act.emitted is fields), None)
        if not act:
            return
        if known.held.get(fields.lane) is act:
            del known.held[fields.lane]
        use = use_of(act)
        if use:
            key = use.dose, fields.lane
            known.spent[key] = known.spent.get(key, 0) + fields.dose
        if use is words.USES[words.ALARM]:
            self._judge_alarm_s_end(row)

    def _judge_alarm_s_end(self, row):
        """Nobody silences an alarm but the sleeper."""
        name, *arguments = hand = self._move
        right = {
            _EMITTED_WHY["over"]: True,
            _EMITTED_WHY["stopped"]: hand in (("feel", words.LONG), ("alarm", 0), ("",)),
            _EMITTED_WHY["snoozed"]: hand == ("feel", words.SHORT),
            _EMITTED_WHY["replaced"]: self._request and self._request.scene in (11, 12),
            _EMITTED_WHY["failed"]: any(m[0] in ("haptic", "amplifier") for m in self.story.moves),
        }
        if not right.get(row.fields.why):
            self._say(row, f"the alarm ended, why {row.fields.why}, by {(name, *arguments)}")


def _named(request):
    scene = words.SCENES.get(request.scene)
    name = scene.name if scene else request.scene
    return f"{name} for rule {request.rule}, reason {request.reason}, stage {request.stage}"


# -- the journal itself


def records_faults(story: Story) -> list[str]:
    """Nothing acts without its records before, nor without its end behind."""
    found = []
    for act in story.acts:
        if not act.is_kept and act_use(act) != words.ALARM:
            spans = lanes.emissions(story, act.lane)
            if any(act.from_us < a < act.to_us for a, _ in spans):
                found.append(f"act {act.number} acts, and the journal does not have it")
        if act.emitted is None and act.to_us == story.end_us:
            found.append(f"act {act.number} has no end on lane {act.lane}")
    return found + _kept_faults(story)


def _kept_faults(story):
    """What a start finds is what was written: all of it, or after a cut the first of it."""
    found, written = [], []
    for row in story.rows:
        if row.kind == "start" and row.fields[0]:
            again = [text for text in map(_plain, row.fields[1]) if text]
            if row.fields[0] == 1 and len(again) != len(written):
                found.append(f"after a reset {len(again)} of {len(written)} records are left")
            if again != written[: len(again)]:
                found.append("what is left of the journal is not what was written")
            written = written[: len(again)]
        elif row.kind == "Night":
            written = [row.fields]
        elif hasattr(row.fields, "_asdict") and row.kind != "Score" and "lost" not in row.kind:
            written.append(row.fields)
    return found


def _plain(text):
    """The fields of a record; None of those that the journal adds by itself, and of filler."""
    record = bytes.fromhex(text)
    layout = records.LAYOUTS[record[0]]
    fields = layout.unpack(record)
    is_filler = layout is records.EVENT and fields.kind == records.GAP
    return None if layout in (records.SCORE, records.SEAL) or is_filler else fields
