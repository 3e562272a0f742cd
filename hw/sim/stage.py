"""The stager for the desktop: features, the network's inputs, and what it says, in one call.

It must add nothing of its own: what it gives is what the puck's own code makes of a night.
"""

from array import array

from firmware.stages import inputs, model, stager
from firmware.stages.features import activity_q8, heart_deviation, heart_restlessness
from firmware.stages.live import BEFORE, LATE_EPOCHS
from firmware.stages.network import Network


def features(counts, rates_dbpm, is_live: bool) -> tuple:
    """(activity in Q8, deviation) of each epoch of a night; arrays, UNHEARD and 0 unknown."""
    activities = array("i", [activity_q8(counts, at) for at in range(len(counts))])
    if not is_live:
        return activities, heart_deviation(rates_dbpm)
    return activities, array("h", [_live_deviation(rates_dbpm, at) for at in range(len(counts))])


def _live_deviation(rates_dbpm, at):
    start = max(0, at - BEFORE)
    return heart_restlessness(rates_dbpm[start : at + LATE_EPOCHS + 1], at - start)


def network_inputs(activities_q8, deviations, is_live: bool) -> array:
    """Row after row, as the network of that score is given them."""
    found = array("h")
    if is_live:
        live = inputs.LiveInputs()
        rows = (live.step(*features) for features in zip(activities_q8, deviations))
    else:
        rows = inputs.by_minutes(activities_q8, deviations)
    for row in rows:
        found.extend(array("h", row))
    return found


def said(activities_q8, deviations, is_live: bool, score=None) -> bytes:
    """Of each epoch five bytes: stage, p_wake, p_light, p_deep, p_rem.

    `score`: another than model.py's, in its layout.
    """
    found = bytearray()
    if is_live:
        live = stager.LiveStager(score or model.LIVE)
        told = (live.step(*features) for features in zip(activities_q8, deviations))
    else:
        told = stager.morning(score or model.MORNING, activities_q8, deviations)
    for epoch in told:
        found.extend(bytes(epoch))
    return bytes(found)


def constant_bytes() -> int:
    """Bytes of the weights in model.py."""
    return sum([_weight_bytes(lanes) for _, lanes in (model.LIVE, model.MORNING)])


def _weight_bytes(part):
    if isinstance(part, bytes):
        return len(part)
    return sum([_weight_bytes(inner) for inner in part]) if isinstance(part, tuple) else 0


def ram_bytes(is_live: bool, epochs: int) -> int:
    """Bytes of numbers that a score works with: rings and rows of its lanes, and the odds of
    a night of so many epochs.
    """
    if is_live:
        return _row_bytes(stager.LiveStager(model.LIVE))
    lanes = [_row_bytes(Network((lane,))) for lane in model.MORNING[1]]
    return max(lanes) + _row_bytes(inputs.Inputs()) + stager.odds_bytes(epochs)


def _row_bytes(thing):
    """Of all rows of numbers within an object of the firmware's, but for the weights."""
    if isinstance(thing, bytearray):
        return len(thing)
    if isinstance(thing, array):
        return len(thing) * {"i": 4, "h": 2, "H": 2}[repr(thing)[7]]
    if isinstance(thing, list):
        return sum([_row_bytes(part) for part in thing])
    parts = getattr(thing, "__dict__", {})
    return sum([_row_bytes(part) for part in parts.values()])
