"""The one table of the governor: for what each use may act, and how much of it at most.

What is never exceeded stands here and nowhere else; the lanes hold what they render to it.
"""

from collections import namedtuple

from micropython import const

from firmware.bedside import scenes

# Who asks, as Request.rule has it (words for these numbers: words.py).
HAND, EVENING, NIGHT, WAKING, LINK = range(1, 6)

# Why, as Request.reason has it. Each must be borne by what the gate knows itself.
PRESSED, TYPED, BEDTIME, SETTLING, ASLEEP, DISTRESS, LIGHT_SLEEP, DAWN, DUE, PAIRING = range(1, 11)

# Why a request is refused (Refusal.why), and why a lane ended (Emitted.why).
OVER, OFF, NOT_ALLOWED, WITHDRAWN, OUT_OF_SCOPE, NO_REASON, OTHER_STAGE = range(7)
DOSE_USED, BUSY, NO_SCENE, NO_TIME, STOPPED, SNOOZED, REPLACED, FELL_ASLEEP, FAILED = range(7, 16)
BY_HAND = (PRESSED, TYPED)
GENTLY = (FELL_ASLEEP, OUT_OF_SCOPE)  # of the ends that the gate decides, those that fade

# Consent.scope: the stages in which a use may act.
AWAKE, SLEEPING, UNSURE = 1, 2, 4
ANY_STAGE = const(7)
SCOPE_OF = (UNSURE, UNSURE, AWAKE, SLEEPING, SLEEPING, SLEEPING, SLEEPING)  # by stage
MOST_CONSENT_DAYS = const(92)  # nothing is for ever: after a season it is asked for again

HAND_MS = const(10000)  # "just now"
ASKED_MS = const(60000)  # that a consent waits for the hand on the button
WINDOW_MS = const(2700000)  # before the alarm: 45 min, half a cycle of sleep
SNOOZE_MS = const(540000)  # 9 min
RING_MS = const(7200000)  # that an alarm may go on asking: 2 h
PAIRING_MS = const(150000)  # since its gesture: two minutes, and what was begun by then

# Doses of a night, by group: lx s at the eye; seconds at 30 dBA at the pillow, the level that
# WHO's guidelines have for eight hours of a bedroom; ms at full level of the actuator. 0: no end.
HANDS, EVENINGS, NIGHTS, MORNINGS, ALARMS = range(5)
DOSES = (
    (10800, 8000, 60000),  # three hours of the lamp; forty minutes at 35 dBA
    (108000, 360000, 60000),  # three hours at 10 lx; one hour at 50 dBA
    (3600, 28800, 60000),  # an hour at 1 lx; eight hours at 30 dBA
    (1080000, 190000, 120000),  # an hour at 300 lx; ten minutes at 55 dBA
    (0, 0, 0),  # an alarm is never silenced but by the sleeper
)

# A use: who may ask for it and why (a bit for each), the most of each lane (mlx at the eye,
# photopic and melanopic alike; 0.01 dBA at the pillow; of 127), whether its light must be red or
# amber, the dose that it draws on, its rank (the higher takes a lane from the lower), and whether
# the sleeper must have consented. Levels: field notes on WHO bedroom noise (30 dB LAeq, 45 dB
# LAmax) and melanopic light (1 lx asleep, 10 lx in the last hours of the evening).
Use = namedtuple("Use", "rules reasons light_mlx sound_cdb touch is_amber group rank asks")


def _bits(*numbers):
    return sum([1 << number for number in numbers])


_BY_HAND = _bits(*BY_HAND)
USES = (
    Use(0, 0, 0, 0, 0, True, HANDS, 0, False),  # none: nobody may ask for it
    Use(_bits(HAND), _BY_HAND, 1000, 3500, 64, True, HANDS, 5, False),  # ANSWER
    Use(_bits(HAND), _bits(TYPED), 0, 5000, 64, True, HANDS, 5, False),  # CHECK
    Use(
        *(_bits(HAND, EVENING), _BY_HAND | _bits(BEDTIME, SETTLING)),
        *(10000, 5000, 64, False, EVENINGS, 2, True),
    ),  # WIND_DOWN
    Use(_bits(EVENING, NIGHT), _bits(SETTLING, ASLEEP), 0, 3500, 0, True, NIGHTS, 1, True),  # MASK
    Use(_bits(NIGHT), _bits(ASLEEP, DISTRESS), 1000, 4500, 0, True, NIGHTS, 3, True),  # CUE
    Use(_bits(NIGHT), _bits(DISTRESS), 0, 0, 80, True, NIGHTS, 4, True),  # RELIEF
    Use(_bits(WAKING), _bits(DAWN), 300000, 0, 0, False, MORNINGS, 6, True),  # SUNRISE
    Use(_bits(WAKING), _bits(LIGHT_SLEEP), 300000, 5500, 100, False, MORNINGS, 7, True),  # EARLY
    Use(_bits(WAKING), _bits(DUE), 300000, 7500, 127, False, ALARMS, 8, False),  # ALARM
    Use(_bits(LINK), _bits(PAIRING), 200, 4500, 0, True, HANDS, 5, False),  # PAIRING
)

WAKES = (scenes.ALARM, scenes.EARLY, scenes.SUNRISE)  # what is over when the sleeper is up
FOR_THE_AWAKE = (scenes.CHECK, scenes.WIND_DOWN)  # louder and brighter than a sleeper may get

# What a speaker gives at the pillow, 0.5 m away: A-weighted, 0.01 dB, for a full-scale sine of
# 1 kHz. Visaton FRS 5: 84 dB at 1 W and 1 m (from memory); the amplifier at its lowest gain gives
# 0.4 W; half the distance, 6 dB more. Box, place and part may differ by 6 dB either way: until
# the puck has heard itself, an alarm reckons with the quietest, everything else with the loudest.
QUIETEST_CDB = const(8000)
LOUDEST_CDB = const(9200)
HEARD_SPARE_CDB = const(100)  # by which it may have heard itself too softly


def speaker_cdb(use: int, heard_cdb: int) -> int:
    """What to reckon with; `heard_cdb`: as the puck heard itself, 0 if it has not."""
    if heard_cdb:
        return min(max(heard_cdb + HEARD_SPARE_CDB, QUIETEST_CDB), LOUDEST_CDB)
    return QUIETEST_CDB if use == scenes.ALARM else LOUDEST_CDB


# 10^(n/10) in tenths, rounded up.
_TENTHS = (10, 13, 16, 20, 26, 32, 40, 51, 64, 80)


def doses_per_s(use) -> tuple:
    """The most that a second of each lane can add to the night's dose, rounded up."""
    tens, ones = divmod((use.sound_cdb - 2901) // 100, 10)
    sound = _TENTHS[ones] * 10**tens // 10 + 1 if tens >= 0 else 1
    return use.light_mlx // 1000 + 1, sound, 3 * use.touch
