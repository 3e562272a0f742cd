"""What a puck's ring, speaker and haptic driver really gave off in a night, and whether it may.

The second opinion on the governor: from the logs of the actuators alone, by the parts'
datasheets, the standards and the plan's own limits. It must never import or repeat what the
firmware computes, or believe what it says of itself.
"""

from sleepsync.emitted.breach import Breach
from sleepsync.emitted.files import EmittedDamaged
from sleepsync.emitted.lanes import Allowed, Lane
from sleepsync.emitted.limits import CEILINGS, FIELD, Ceiling, Limits
from sleepsync.emitted.measured import Emissions, measure

__all__ = [
    "CEILINGS",
    "FIELD",
    "Allowed",
    "Breach",
    "Ceiling",
    "Emissions",
    "EmittedDamaged",
    "Lane",
    "Limits",
    "measure",
]
