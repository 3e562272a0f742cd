"""What befalls a night of the soak: made of its number alone, so that it can be had alone.

Times are seconds of the night's world. It must never know what a puck did: it says what a puck
must do, by the promises of docs/alarm.md.
"""

import random
from datetime import datetime, timedelta

from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak_faults import faults
from sleepsync.bench.soak_night import Due, Leg, Plan
from sleepsync.world import LIBRARY

CONSENTS_EVERY = 5  # nights: the sleeper is asked anew, as consents are for some days
FIRST = datetime(2026, 3, 15)  # so that daylight saving begins within the soak
_SUMMER = datetime(2026, 3, 29, 1)  # UTC
_ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CONSENTS = ("early", "sunrise", "wind-down", "relief")
_EVENINGS = ("breathing", "story", "music", "wind-down")

STOP, REST, HOLD = 2500, 120, 6500  # ms that the button is held
_SNOOZE_S = 540
_TOLD_S = 0.6  # from a short press to what it means, at most
BACK_S = 20.0  # from power to a ring: what was kept is replayed first
LATE_S = 3.0  # a deadline is made of whole seconds of two clocks
_QUIET_S = 3100  # by then evening and nap are over
_CALM_S = 90  # between an accident and a press or a ring

_REMOVE = "exec(\"import os\\nif 'x' in os.listdir('/data'): os.remove('/data/x')\")"
_FILL = (
    'exec("import os,asyncio\\nasync def fill():\\n'
    " f=open('/data/x','wb')\\n for _ in range(os.statvfs('/data')[4]-24):\\n"
    '  f.write(bytes(4096))\\n  await asyncio.sleep_ms(50)\\n f.close()")'
)


def plan(number: int) -> Plan:
    """The plan of night `number`, 0 or more."""
    return _Maker(number).made()


class _Maker:
    """Draws what happens, one thing after the other: each knows what was drawn before it."""

    def __init__(self, number):
        self._number = number
        self._random = rng = random.Random(f"soak {number}")
        self._hours = rng.choice((6.0, 6.5, 7.0, 7.5, 8.0))
        self._length_s = self._hours * 3600
        minute = rng.randrange(21 * 60, 22 * 60 + 30)  # UTC
        self._start = FIRST + timedelta(days=number, minutes=minute)
        self._lines: list = [(5, "import puck"), (8, _REMOVE), (12, f"puck.set('zone','{_ZONE}')")]
        self._lines.append((20, "puck.no_alarm(0)"))
        self._presses: list = []
        self._legs: list[Leg] = []
        self._dues: list[Due] = []
        self._kinds: list[str] = []

    def made(self):
        rng = self._random
        self._evening()
        nap_s = self._nap()
        if rng.random() < 0.15:
            self._lines += [(335, _FILL), (340, "fill()")]
            self._kinds.append("flash nearly full")
        alarms = self._alarms()
        self._hands_in_the_night(alarms[0])
        cut = self._cut(alarms)
        self._faults = faults(rng, self._length_s, bool(cut))
        self._kinds += [str(fault) for fault in self._faults]
        self._rings([*nap_s, *alarms], cut)
        if not (cut and cut.lost):  # a reset cannot lose the time, so it would bring it back
            self._resets()
        return Plan(
            self._number,
            rng.choice(("generated",) * 5 + LIBRARY),
            self._hours,
            self._start,
            rng.random() < 0.5,
            tuple(sorted(self._lines, key=lambda line: line[0])),
            tuple(sorted(self._presses)),
            self._faults,
            tuple(self._legs),
            tuple(self._dues),
            tuple(self._kinds),
        )

    # -- what people do

    def _evening(self):
        """Settings, consents by hand, and how the evening begins."""
        rng = self._random
        self._lines.append((45, f"puck.set('early',{rng.randrange(0, 46, 5)})"))
        self._lines.append((48, f"puck.set('evening',{rng.randrange(5)})"))
        bedtime = self._local_minute(600) if rng.random() < 0.3 else -1
        self._lines.append((51, f"puck.set('bedtime',{bedtime})"))
        if self._number % CONSENTS_EVERY == 0 or rng.random() < 0.3:
            self._presses.append((56, HOLD))  # what was off is on again
        if self._number % CONSENTS_EVERY == 0:
            for i, use in enumerate(_CONSENTS):
                self._lines.append((70 + 17 * i, f"puck.allow('{use}',{rng.choice((4, 5, 7))})"))
                self._presses.append((72 + 17 * i, HOLD))
        begins = rng.choice(("by the button", "by a word", "by itself"))
        if begins == "by the button":
            self._presses.append((210, STOP))
        elif begins == "by a word":
            self._lines.append((210, f"puck.evening('{rng.choice(_EVENINGS)}')"))
        self._kinds.append(f"evening {begins}")

    def _nap(self):
        """When a nap rings: none or one."""
        if self._random.random() >= 0.25:
            return []
        minutes = self._random.randrange(15, 40)
        self._lines.append((160, f"puck.nap({minutes})"))
        self._kinds.append("nap")
        return [160 + 60 * minutes]

    def _alarms(self):
        """When alarms of rows ring, in order; and one that must not."""
        rng = self._random
        last_s = self._length_s - 60 * rng.randrange(50, 75)
        found = [last_s]
        if rng.random() < 0.35:
            found.insert(0, last_s - 60 * rng.randrange(60, 100))
            self._kinds.append("two alarms")
        for row, at_s in enumerate(found, 1):
            self._set(row, at_s, self._days_with(at_s))
        if rng.random() < 0.3:
            self._set(4, last_s - 1800, self._other_days(last_s))
            self._kinds.append("a row of another day")
        return found

    def _set(self, row, at_s, days):
        minute = self._local_minute(at_s)
        line = f"puck.alarm('{minute // 60:02d}:{minute % 60:02d}','{days}',{row})"
        self._lines.append((22 + 4 * row, line))

    def _days_with(self, at_s):
        day = self._local(at_s).weekday()
        others = self._random.sample(_DAYS, 2)
        usual = "weekdays" if day < 5 else "weekends"
        some = " ".join(sorted({*others, _DAYS[day]}))
        return self._random.choice(("once", "daily", usual, some))

    def _other_days(self, at_s):
        """Days after the next one's, so that it is spoken of no more when they come."""
        day = self._local(at_s).weekday()
        return f"{_DAYS[(day + 2) % 7]} {_DAYS[(day + 4) % 7]}"

    def _hands_in_the_night(self, first_s):
        rng = self._random
        last_s = first_s - 3700  # nobody's hand is near an alarm, or an early one
        if rng.random() < 0.5:
            self._presses.append((rng.uniform(_QUIET_S, last_s), rng.choice((REST, STOP, 1000))))
            self._kinds.append("a press in the night")
        if rng.random() < 0.2:
            at_s = rng.uniform(_QUIET_S, last_s - 1900)
            self._presses += [(at_s, 80), (at_s + 0.3, 80)]
            self._kinds.append("off")
            if rng.random() < 0.7:
                self._presses.append((at_s + rng.uniform(120, 1800), HOLD))

    # -- what befalls the puck

    def _cut(self, alarms):
        """The power cut, if there is one: before the alarm, or over its time."""
        rng = self._random
        kind = rng.choice(("none",) * 5 + ("before", "over", "lost"))
        if kind == "none":
            return None
        self._kinds.append(f"power cut: {kind}")
        if kind == "over":
            until_s = alarms[-1] - rng.uniform(60, 600)
            back_s = alarms[-1] + rng.uniform(30, 900)
        else:
            until_s = self._calm(_QUIET_S, alarms[0] - 3500)
            back_s = until_s + rng.uniform(60, 2400 if kind == "before" else 600)
        leg = Leg(round(until_s), round(back_s) - round(until_s), True, kind == "lost")
        self._legs.append(leg)
        self._presses = [p for p in self._presses if not until_s - 30 < p[0] < back_s + 30]
        return leg

    def _rings(self, alarms, cut):
        """Each alarm that is due, with what hands make of it; naps come first."""
        for at_s in alarms:
            if cut and cut.lost and at_s > cut.until_s:
                self._ring(cut.back_s, BACK_S, 0)  # of what was armed nobody knows when
                return
            if cut and cut.until_s < at_s < cut.back_s:
                self._ring(cut.back_s, BACK_S, self._random.randrange(2))
            else:
                is_nap = at_s < _QUIET_S
                self._ring(at_s, LATE_S, 0 if is_nap else self._random.randrange(3))

    def _ring(self, at_s, spare_s, snoozes):
        """It rings, is snoozed so often, and stopped."""
        rng = self._random
        is_first = True
        for snooze in range(snoozes + 1):
            to_s = at_s + max(30, spare_s) + rng.uniform(5, 60)
            working = tuple(
                lane
                for lane in (LIGHT, SOUND, TOUCH)
                if not any(fault.hits(lane, at_s) for fault in self._faults)
            )
            self._dues.append(Due(at_s, spare_s, to_s, working, is_first))
            self._presses.append((to_s, REST if snooze < snoozes else STOP))
            at_s, spare_s, is_first = to_s + _SNOOZE_S, LATE_S + _TOLD_S, False

    def _resets(self):
        for _ in range(self._random.choice((0, 0, 1, 1, 2))):
            until_s = self._calm(600, self._length_s - 900)
            if until_s:
                self._legs.append(Leg(until_s))
                self._kinds.append("reset")
        self._legs.sort(key=lambda leg: leg.until_s)

    def _calm(self, from_s, to_s):
        """A second at which nobody has a hand on the puck, and nothing else befalls it."""
        busy = [at_s for at_s, _ in self._presses] + [due.at_s for due in self._dues]
        away = [(leg.until_s, leg.back_s) for leg in self._legs]
        for _ in range(100):
            at_s = round(self._random.uniform(from_s, to_s))
            is_far = all(abs(at_s - one) > _CALM_S for one in busy)
            if is_far and all(not a - 300 < at_s < b + 300 for a, b in away):
                return at_s
        raise ValueError(f"soak night {self._number}: no calm second is left")

    # -- the wall clock

    def _local(self, at_s):
        utc = self._start + timedelta(seconds=at_s)
        return utc + timedelta(hours=2 if utc >= _SUMMER else 1)

    def _local_minute(self, at_s):
        local = self._local(at_s)
        return local.hour * 60 + local.minute
