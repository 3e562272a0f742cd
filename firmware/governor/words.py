"""What the governor's numbers mean, for people: who asks, why, and why not.

Nothing of the night loads it: the REPL's words do, and a replay on the desktop.
"""

# By the numbers of limits.py.
RULES = ("nobody", "a hand", "the evening", "the night", "the waking", "the link")
REASONS = (
    "none",
    "pressed",
    "typed",
    "bedtime",
    "settling",
    "asleep",
    "distress",
    "light sleep",
    "dawn",
    "due",
    "pairing",
)
WHYS = (
    "it is over",
    "everything is off",
    "it is not allowed",
    "it is not allowed any more",
    "it is not allowed in this stage",
    "the reason does not hold",
    "the stage is another",
    "the night's dose is used",
    "something that matters more acts",
    "there is no such scene",
    "the time is unknown",
    "somebody pressed",
    "snoozed",
    "something else took its place",
    "the sleeper fell asleep",
    "its part failed",
)
USES = (
    "none",
    "answer",
    "check",
    "wind-down",
    "mask",
    "cue",
    "relief",
    "sunrise",
    "early",
    "alarm",
    "pairing",
)
