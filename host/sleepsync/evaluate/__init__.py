"""How well sleep is scored: agreement with people's polysomnography (PSG), told without flattery.

It must never score an epoch itself, and never see which model it judges: an
`Outcome` holds what was true and what was said.
"""

from sleepsync.evaluate.outcome import CLASSES, Outcome, PersonOutcome

__all__ = ["CLASSES", "Outcome", "PersonOutcome"]
