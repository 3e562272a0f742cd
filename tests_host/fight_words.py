"""What may act, in words: the limits as docs and field notes state them, written down anew.

Nothing here is taken from the governor's own table: where the two differ, one of them is wrong.
"""

from dataclasses import dataclass

from sleepsync.paths import records

LIGHT, SOUND, TOUCH = range(3)
ANSWER, CHECK, WIND_DOWN, MASK, CUE, RELIEF, SUNRISE, EARLY, ALARM, PAIRING = range(1, 11)
HAND, EVENING, NIGHT, WAKING, LINK = range(1, 6)
PRESSED, TYPED, BEDTIME, SETTLING, ASLEEP, DISTRESS, LIGHT_SLEEP, DAWN, DUE, OPENED = range(1, 11)
SHORT, DOUBLE, LONG, HOLD, THRICE = range(1, 6)
ASKED_FOR, GIVEN, WITHDRAWN = 1, 2, 0

AWAKE, SLEEPING, UNSURE = 1, 2, 4  # a consent's scope
ANY_STAGE = 7
FOR_THE_AWAKE = (CHECK, WIND_DOWN)  # louder or brighter than a sleeper may get
STAGES_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
SCOPE = {records.WAKE: AWAKE, records.UNKNOWN: UNSURE, records.NOT_WORN: UNSURE}
SCOPE |= dict.fromkeys(STAGES_ASLEEP, SLEEPING)

HAND_MS = 10_000
PAIRING_MS = 150_000
ASKED_MS = 60_000
WINDOW_MS = 45 * 60_000
SNOOZE_MS = 9 * 60_000
RING_MS = 2 * 3_600_000
SEASON_S = 92 * 86_400
CLOCK_SPARE_S = 8  # by which clocks may differ before the night is told

MOST_COUNTS = 9894  # 800 mA
PHOTOPIC_MLX = (12, 7, 4)  # of a count of green, red, blue at 0.5 m
MELANOPIC_MLX = (11, 1, 36)
QUIETEST_DB, LOUDEST_DB = 80.0, 92.0  # of the speaker, at the pillow


@dataclass(frozen=True)
class Use:
    """`pairs`: (who, why) that may ask; `light_lx`, `sound_db`, `touch`: the most; `dose`: the
    purse that it draws on; `rank`: the higher takes from the lower.
    """

    pairs: frozenset
    light_lx: float
    sound_db: float
    touch: int
    amber: bool
    dose: str
    rank: int
    needs_consent: bool


def _pairs(who, why):
    return frozenset((a, b) for a in who for b in why)


USES = {
    ANSWER: Use(_pairs([HAND], [PRESSED, TYPED]), 1, 35, 64, True, "hand", 5, False),
    CHECK: Use(_pairs([HAND], [TYPED]), 0, 50, 64, True, "hand", 5, False),
    WIND_DOWN: Use(
        _pairs([HAND, EVENING], [PRESSED, TYPED, BEDTIME, SETTLING]),
        *(10, 50, 64, False, "evening", 2, True),
    ),
    MASK: Use(_pairs([EVENING, NIGHT], [SETTLING, ASLEEP]), 0, 35, 0, True, "night", 1, True),
    CUE: Use(_pairs([NIGHT], [ASLEEP, DISTRESS]), 1, 45, 0, True, "night", 3, True),
    RELIEF: Use(_pairs([NIGHT], [DISTRESS]), 0, 0, 80, True, "night", 4, True),
    SUNRISE: Use(_pairs([WAKING], [DAWN]), 300, 0, 0, False, "morning", 6, True),
    EARLY: Use(_pairs([WAKING], [LIGHT_SLEEP]), 300, 55, 100, False, "morning", 7, True),
    ALARM: Use(_pairs([WAKING], [DUE]), 300, 75, 127, False, "alarm", 8, False),
    PAIRING: Use(_pairs([LINK], [OPENED]), 0.2, 45, 0, True, "hand", 5, False),
}
BY_HAND_ALONE = (ANSWER, CHECK, PAIRING)  # no hand is kept out by these
OF_THE_MORNING = (SUNRISE, EARLY, ALARM)  # no alarm, none of these
# lx s, s at 30 dBA, s at full level; no number: no end.
DOSES = {
    "hand": (10_800, 8_000, 60),
    "evening": (108_000, 360_000, 60),
    "night": (3_600, 28_800, 60),
    "morning": (1_080_000, 190_000, 120),
    "alarm": (None, None, None),
}


@dataclass(frozen=True)
class Scene:
    """A row of the scenes: what it is for, which lanes, how long."""

    name: str
    use: int
    lanes: tuple
    length_s: int


SCENES = {
    1: Scene("lamp", ANSWER, (LIGHT,), 600),
    2: Scene("chime", ANSWER, (SOUND,), 2),
    3: Scene("nudge", ANSWER, (TOUCH,), 2),
    4: Scene("check", CHECK, (SOUND,), 5),
    5: Scene("evening", WIND_DOWN, (LIGHT, SOUND), 1200),
    6: Scene("mask", MASK, (SOUND,), 1800),
    7: Scene("cue", CUE, (LIGHT, SOUND), 10),
    8: Scene("relief", RELIEF, (TOUCH,), 10),
    9: Scene("sunrise", SUNRISE, (LIGHT,), 1800),
    10: Scene("early", EARLY, (LIGHT, SOUND, TOUCH), 300),
    11: Scene("alarm", ALARM, (LIGHT, SOUND, TOUCH), 1800),
    12: Scene("call", ALARM, (LIGHT, SOUND, TOUCH), 150),
    **{
        13 + i: Scene(f"breathe {n}", WIND_DOWN, (LIGHT, TOUCH), 200)
        for i, n in enumerate((14, 12, 10, 9, 8, 7, 6))
    },
    20: Scene("story", WIND_DOWN, (LIGHT, SOUND), 1200),
    21: Scene("music", WIND_DOWN, (LIGHT, SOUND), 1200),
    22: Scene("embers", WIND_DOWN, (LIGHT,), 1200),
    23: Scene("rest", WIND_DOWN, (LIGHT, TOUCH), 600),
    42: Scene("pairing", PAIRING, (LIGHT,), 120),
    43: Scene("passkey", PAIRING, (LIGHT,), 2),
    **{44 + digit: Scene(f"digit {digit}", PAIRING, (LIGHT, SOUND), 2) for digit in range(10)},
}
NUMBER_OF = {scene.name: number for number, scene in SCENES.items()}


def dose_group_of(scene: int) -> str:
    """The purse that a scene draws on."""
    return USES[SCENES[scene].use].dose
