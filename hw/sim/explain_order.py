"""What a night's records say of each other beside the ledger: epochs, time, parts, own noise.

It must never doubt what only the senses can know.
"""

from micropython import const

from firmware import records

EPOCH_MS = records.EPOCH_S * 1000
_LATE_MS = const(10000)  # by which an epoch may be closed after its end: a part that starts slowly
_START_MS = const(5000)  # from a start to its record
_FLAGS = records.OWN_SOUND * 2 - 1
_MOST_PCT = const(100)
LONGEST_EPOCHS = const(4000)  # more than a day: no night is so long
_ECHO_MS = const(4000)  # that what sounded may be heard, or felt, after it ended
_SURE_BLOCKS = const(40)  # of sound: the microphone, which listens once a second, cannot miss them
_KNOWN_FROM_S = const(788918400)  # see firmware/clock.py
_HEARD = (records.PULSE, records.MOTION)  # whose samples can have gaps
_PARTS = (records.GAP, records.PART_MISSING, records.PART_BACK)


class Order:
    """`epoch`, `event` and `timed` each tell what is wrong with a record, or ""."""

    def __init__(self):
        self.t_ms = 0  # of the latest record
        self._next = 0  # the index of the epoch that comes next
        self._may_skip = False  # a start: the next is that one, or the one after it
        self._missing = []  # parts
        self._gaps = []  # parts, in this epoch
        self._is_cut = False  # by a start: the epoch being measured was
        self._until_ms = [-_ECHO_MS] * len(records.LANES)  # what acts was still felt or heard
        self._is_heard = False  # sound of this epoch cannot have been missed

    # -- time

    def timed(self, t_ms: int) -> str:
        """A record of that time."""
        was_ms, self.t_ms = self.t_ms, t_ms
        if t_ms < was_ms:
            self.t_ms = was_ms
            return "its time is before that of the record before it"
        if t_ms < self._next * EPOCH_MS:
            return "it stands behind an epoch that ended later"
        return ""

    def started(self, event, zero_s: int) -> str:
        """A start that goes on with the night, which began at wall time `zero_s`, 0 unknown."""
        self._missing, self._gaps = [], []
        self.t_ms, end_ms = event.t_ms, self._next * EPOCH_MS
        self._next = max(self._next, (event.t_ms - _START_MS) // EPOCH_MS)
        self._may_skip = self._is_cut = True
        if event.value not in (1, 2):
            return "there is no such start"
        if event.value == 1 and not zero_s:
            return "it says that the time was known, and it was not"
        if event.t_ms < end_ms or (event.value == 2 and event.t_ms > end_ms + _START_MS):
            return "the night does not go on where it was left"
        return ""

    def stopped(self, t_ms: int) -> str:
        """The night ends: its epochs have been written."""
        end_ms = (self._next + 1 + self._may_skip) * EPOCH_MS
        return "" if t_ms < end_ms + _START_MS else "the last epochs are missing"

    # -- epochs

    def epoch(self, epoch, since_ms) -> str:
        """The next epoch; `since_ms` of each lane: since when an act holds it, or -1."""
        wrong = self._index(epoch.index) or _values(epoch) or self._senses(epoch, since_ms)
        self._next, self._may_skip = max(self._next, epoch.index + 1), False
        self._gaps, self._is_heard = [], False
        return wrong

    def _index(self, index):
        if index < self._next:
            return "epoch %d stands there again, or too late" % index
        if self.t_ms > (index + 1) * EPOCH_MS + _LATE_MS:
            return "epoch %d stands behind what came later" % index
        if index > self._next + self._may_skip:
            return "epochs %d to %d are missing" % (self._next + self._may_skip, index - 1)
        return ""

    def _senses(self, epoch, since_ms):
        """The senses bear witness: of gaps, and of what the puck itself did."""
        is_cut, self._is_cut = self._is_cut, False
        if (self._gaps or is_cut) and not epoch.flags & records.LOST_SAMPLES:
            return "it lost nothing, and a gap or a start is told"
        own = ((records.OWN_SOUND, records.SOUND_LANE), (records.SHAKEN, records.TOUCH_LANE))
        for flag, lane in own:
            is_quiet = self._until_ms[lane] + _ECHO_MS < epoch.index * EPOCH_MS
            if epoch.flags & flag and is_quiet and since_ms[lane] < 0:
                return "the puck sensed %s of its own, and no act gave it" % records.LANES[lane]
        if self._is_heard and not epoch.flags & records.OWN_SOUND:
            return "an act sounded, and the puck did not hear it"
        return ""

    def emitted(self, told) -> None:
        """A lane's end: what was heard or felt of it."""
        is_sound = told.lane == records.SOUND_LANE
        if told.lane < len(records.LANES) and (told.peak or is_sound):  # silence is left out, too
            self._until_ms[told.lane] = told.t_ms
            self._is_heard |= told.peak and is_sound and told.steps > _SURE_BLOCKS

    # -- parts

    def part(self, event) -> str:
        """A gap, or a part that is missing or back."""
        if event.part >= len(records.PARTS):
            return "there is no such part"
        if event.kind == records.GAP:
            return self._gap(event)
        is_back = event.kind == records.PART_BACK
        if event.value or is_back != (event.part in self._missing):
            return "it was not missing" if is_back else "it was missing already"
        if is_back:
            self._missing.remove(event.part)
        else:
            self._missing.append(event.part)
        return ""

    def _gap(self, event):
        if event.part not in _HEARD or event.value < 0:
            return "it has no samples to lose"
        if event.part in self._gaps:
            return "it is told twice in an epoch"
        self._gaps.append(event.part)
        return ""


def of_night(night, number: int, rules: int) -> str:
    """What is wrong with a night's first record; `number`: as its file is named, 0 unknown."""
    if number and night.night != number:
        return "it is of night %d" % night.night
    if night.start_s and night.start_s < _KNOWN_FROM_S:
        return "no puck knows such a time"
    if night.rules != rules:
        return "it was scored by rules %d, and these are %d" % (night.rules, rules)
    return ""


def _values(epoch):
    """What no sense gives."""
    shares = epoch.quality, epoch.breath_regularity, epoch.humidity_pct
    if epoch.flags > _FLAGS or max(shares) > _MOST_PCT or epoch.level_ddb > epoch.loudest_ddb:
        return "it holds a value that no sense gives"
    return ""
