"""Judges a night by its moves: rings when they are owed and never else, off when off, and nothing
on a sleeper who has not allowed it.

What may be granted at all is judged as in fight_oracle.py; when a ring is owed, by wake_model.py.
"""

from itertools import pairwise
from typing import Any

import fight_lanes as lanes
import fight_oracle
import fight_words as words
import numpy as np
from fight import Story
from fight_acts import act_use, at_s
from sleepsync.paths import records
from wake_model import HOUR_US, S_US, Model, Row

_LANES = range(3)
_SILENCE_US = 20 * S_US  # between two beats of a ring
_MOST_TOUCHES, _TOUCHES_US = 5, 290 * S_US
_EVENING_US = 1795 * S_US  # wind-down, then rest
_QUEUE_US = 700_000  # of sound, when its act is over
_EARLY, _SUNRISE = words.NUMBER_OF["early"], words.NUMBER_OF["sunrise"]
_EARLY_MIN = 30  # as it is set at first
_DAWN_MIN = 30
_SPARE_US = 3 * S_US
_STALLS = 8  # long ones in a row, each as long as an epoch
_CALLS = (records.WAKE, records.LIGHT)  # stages in which an early ring is allowed


def faults(story: Story) -> list[str]:
    """Every promise that the story breaks, in a sentence each."""
    night = _Night(story)
    night.walk()
    found = [*night.found, *fight_oracle.records_faults(story), *_rings(story, night.model)]
    return found + _touches(story) + _evenings(story)


class _Night(fight_oracle._Judge):
    def __init__(self, story):
        super().__init__(story)
        self.model = Model()
        self._early_min = _EARLY_MIN
        self._cause = 0
        self._alarm_set_us = self._short_us = -S_US

    def walk(self):
        for row in self.story.rows:
            self.model.advance(row.us)
            name = "_on_" + row.kind.replace("lost ", "").replace(" ", "_").lower()
            if row.kind.startswith("lost"):
                self.known.lost = True
            if hasattr(self, name):
                getattr(self, name)(row)
        self._end_off(self.story.end_us)

    # -- lives

    def _on_start(self, row):
        if row.fields[0] and self.known.lost:
            self.model.doubt(row.us)
        super()._on_start(row)
        self._cause = row.fields[0]

    def _on_wall(self, row):
        wall_s = row.fields[0]
        zero_s = wall_s - row.us // S_US if wall_s else None
        if self._cause:
            self.model.back(row.us, self._cause == 2, zero_s)
        else:
            self.model.zero_s = zero_s

    def _on_end_of_life(self, row):
        is_full = any(move[0] == "fill" for move in self.story.moves)
        if not is_full:  # of which the keeper dies, time and again
            super()._on_end_of_life(row)
        self.model.away(row.us)

    # -- moves

    def _on_begin(self, row):
        number, now_ms, wall_s = row.fields
        self._now = row.us, now_ms, wall_s
        name, *arguments = self._move = self.story.moves[number]
        handler = getattr(self, "_set_" + name, None)
        if handler:
            handler(row, *arguments)

    def _on_end(self, row):
        how, name = row.fields[1], self._move[0]
        if how != "done" and name not in ("wait", "stage", "cut", "reset", ""):
            self.model.doubt(self._now[0])
        super()._on_end(row)

    def _set_alarm(self, row, number, in_min, days):
        minute = (self._now[2] // 60 + in_min) % 1440
        self.model.set_row(row.us, number, Row(minute, days))

    def _set_clear(self, row, number):
        self.model.set_row(row.us, number, None)

    def _set_nap(self, row, minutes):
        self.model.nap(row.us, minutes)

    def _set_setting(self, row, name, value):
        if name == "early":
            self._early_min = value

    def _set_consent(self, row, *arguments):
        self._move_consent(row, *arguments)

    def _set_clock(self, row, wall_s):
        self._move_clock(row, wall_s)
        self.model.clock(row.us, wall_s - row.us // S_US)

    def _set_shift(self, row, by_s):
        if self._now[2]:
            self._set_clock(row, self._now[2] + by_s)

    # -- records

    def _wall_s(self, us):
        return self.model.utc(us) if self.model.zero_s is not None else 0

    def _on_event(self, row):
        kind, value = row.fields.kind, row.fields.value
        if kind == records.GESTURE:
            self._now = row.us, row.fields.t_ms, self._wall_s(row.us)
            is_held = any(act_use(a) == words.ALARM for a in self.known.held.values())
            self.model.press(row.us, value, is_held)
            self._short_us = row.us if value == words.SHORT else self._short_us
            self._move_feel(row, value)
        elif kind == records.ALARM_SET:
            self._alarm_set_us = row.us
            if not value:
                self._must_be_still(row, lambda act: act_use(act) in words.OF_THE_MORNING)
            known = self.known
            known.alarm_ms, known.quiet_ms, known.has_called = value, 0, False

    def _on_request(self, row):
        self._now = row.us, row.fields.t_ms, self._wall_s(row.us)
        super()._on_request(row)

    def _on_act(self, row):
        super()._on_act(row)
        request = self._request
        if request and request.scene in (_EARLY, _SUNRISE):
            self._judge_prologue(row, request)

    def _judge_prologue(self, row, request):
        """What comes before the set time comes in its window."""
        armed = self.model.armed
        is_early = request.scene == _EARLY
        most_us = (self._early_min if is_early else _DAWN_MIN) * 60 * S_US
        if self.model.fog_us is None:
            if not armed:
                self._say(row, "a prologue, and no alarm is to come")
            elif armed.us - row.us > most_us + _SPARE_US:
                self._say(row, f"a prologue {(armed.us - row.us) / 60e6:.1f} min before the alarm")
            if is_early and self.known.stage not in _CALLS:
                self._say(row, f"early in stage {self.known.stage}")
        if armed and is_early:
            armed.called = True

    def _judge_alarm_s_end(self, row):
        """Nobody silences an alarm but the sleeper."""
        over, stopped, snoozed, replaced, failed = 0, 11, 12, 13, 15
        why = row.fields.why
        right = {
            over: True,
            stopped: row.us - self._alarm_set_us < S_US or row.us == self.story.end_us,
            snoozed: row.us - self._short_us < S_US,
            replaced: self._request and self._request.scene in (11, 12),
            failed: any(m[0] in ("haptic", "amplifier") for m in self.story.moves),
        }
        if why == stopped and self._move[0] == "":
            return
        if not right.get(why):
            self._say(row, f"the alarm ended, why {why}")


# -- touches and evenings


def _nights(story):
    """The rows of each night."""
    nights: list[list] = [[]]
    for row in story.rows:
        if row.kind == "Night":
            nights.append([])
        nights[-1].append(row)
    return nights


def _touches(story) -> list[str]:
    """A night has five touches at most, minutes apart."""
    found = []
    for rows in _nights(story):
        firsts = {row.us for row in rows if row.kind == "Act"}
        its = [a.from_us for a in story.acts if act_use(a) == words.RELIEF and a.from_us in firsts]
        if len(its) > _MOST_TOUCHES:
            found.append(f"{len(its)} touches in a night")
        if any(b - a < _TOUCHES_US for a, b in pairwise(its)):
            found.append(f"touches too close together {at_s(its[0])}")
    return found


def _evenings(story) -> list[str]:
    """Without a hand, a night has one evening, as long as the longest programme."""
    found = []
    for rows in _nights(story):
        asked = [
            row.us for row in rows if row.kind == "Request" and row.fields.rule == words.EVENING
        ]
        told = [row.fields for row in rows if row.kind == "Event"]
        pressed = any(e.kind == records.GESTURE and e.value == words.LONG for e in told)
        by_hand = pressed or any(e.kind == records.PROGRAMME for e in told)
        if asked and not by_hand and asked[-1] - asked[0] > _EVENING_US:
            found.append(f"the evening begins again by itself {at_s(asked[-1])}")
    return found


# -- rings


def _rings(story, model) -> list[str]:
    end_us = story.end_us if model.fog_us is None else model.fog_us
    model.away(story.end_us)
    given = _given(story)
    found: list[str] = []
    for span in model.spans:
        if span.from_us < end_us:
            found += _silences(story, span, given, min(span.to_us, end_us))
    return found + _too_many(story, model.spans, given, end_us)


def _given(story) -> np.ndarray:
    """Spans (from, to) in which an alarm was given off, in order."""
    spans: list[Any] = []
    for lane in _LANES:
        acts = [act for act in story.on(lane) if act_use(act) == words.ALARM]
        emitted = np.array(lanes.emissions(story, lane), dtype=float).reshape(-1, 2)
        for act in acts:
            is_its = (emitted[:, 0] < act.to_us + _QUEUE_US) & (emitted[:, 1] > act.from_us)
            its = emitted[is_its]
            spans += [(max(a, act.from_us), min(b, act.to_us)) for a, b in its if a < act.to_us]
    return np.array(_joined(sorted(spans)), dtype=float).reshape(-1, 2)


def _joined(spans):
    """Those that follow one another within a second, as one."""
    joined: list[Any] = []
    for a, b in spans:
        if joined and a - joined[-1][1] < S_US:
            joined[-1] = joined[-1][0], max(b, joined[-1][1])
        else:
            joined.append((a, b))
    return joined


def _silences(story, span, given, to_us) -> list[str]:
    """Where a ring that is owed is not given off."""
    its = given[(given[:, 1] > span.from_us - S_US) & (given[:, 0] < to_us)]
    found, last_us, spare_us = [], span.from_us, span.by_us - span.from_us
    for a, b in [*map(tuple, its), (to_us, to_us)]:
        if a - last_us - story.busy_us(last_us, a) > spare_us:
            length_s = (a - last_us) / S_US
            found.append(f"owed (row {span.row}), and silent for {length_s:.1f} s {at_s(last_us)}")
        if b > last_us:
            last_us, spare_us = b, _SILENCE_US
    return found[:2]


def _too_many(story, spans, given, end_us) -> list[str]:
    """What rings though nothing is owed."""
    for a, b in given:
        if a >= end_us:
            break
        if not _is_covered(story, spans, a, b):
            return [f"rings {at_s(a)} until {at_s(b)}, and nothing is owed"]
    return []


def _to(story, span):
    """When it must be over, if nothing stands still."""
    to_us = end_us = span.to_us + span.spare_us
    for _ in range(_STALLS):
        to_us = end_us + story.busy_us(span.to_us, to_us)
    return to_us


def _is_covered(story, spans, a, b):
    """Whether spans that follow one another hold all of it."""
    at = a
    for span in spans:
        if span.from_us - S_US <= at <= span.to_us + HOUR_US:
            at = max(at, _to(story, span))
    return b <= at and any(span.from_us - S_US <= a for span in spans)
