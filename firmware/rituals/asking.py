"""The numbers by which a ritual asks: rules, reasons, refusals, scenes and settings.

The governor and the settings have the same; a test holds them to it. They stand here once more
because a ritual must never look into the room that judges it.
"""

from micropython import const

from firmware import records

# Request.rule
HAND, EVENING, NIGHT, WAKING = range(1, 5)

# Request.reason
PRESSED, TYPED, BEDTIME, SETTLING, ASLEEP, DISTRESS, LIGHT_SLEEP, DAWN, DUE = range(1, 10)

# Refusal.why and Emitted.why, as far as a ritual minds them.
OVER = const(0)
OFF = const(1)
NOT_ALLOWED = const(2)
BUSY = const(8)
STOPPED = const(11)
SNOOZED = const(12)
REPLACED = const(13)
FELL_ASLEEP = const(14)

# Scenes.
LAMP = const(1)
EVENING_SCENE = const(5)
RELIEF = const(8)
SUNRISE = const(9)
EARLY = const(10)
ALARM = const(11)
CALL = const(12)

# Gestures.
SHORT = const(1)
LONG = const(3)

# Settings that a night is told, and what they are until then.
EVENING_SETTING = const(1)
BEDTIME_SETTING = const(2)
EARLY_SETTING = const(3)  # the last is organic mode, of which only the report asks
SETTINGS = (0, 1, -1, 30, 0, 0, 0, 0)

STAGES_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
