"""The limits of a night, reckoned once more from what the lanes emitted.

It looks at levels, lengths and doses alone, whatever gate and lanes made of them. It must never
allow what the table of limits does not.
"""

from micropython import const

from firmware import records
from firmware.bedside import scenes
from firmware.governor import limits
from firmware.governor.lane import TICK_MS
from firmware.governor.sound import BLOCK_MS

_STEP_MS = (TICK_MS, BLOCK_MS, TICK_MS)
_QUEUED = const(2)  # steps that may wait ahead of their time
_LATE_MS = const(5000)  # by which an end may be told late
_SLOW = const(2)  # times a step's length, at most, on a puck that is busy
_FADE_S = const(60)  # that a lane may go on after its dose is used


class Limits:
    """`look` at each end of a lane."""

    def __init__(self):
        self._doses = {}  # (group, lane): so far

    def time(self, told, since_ms: int, fades_ms: int) -> str:
        """Whether the steps that are told fit into the time since the act began, or "".

        `fades_ms`: from when on it was to fade, or 0.
        """
        steps, step_ms = told.steps + told.fading, _STEP_MS[told.lane]
        lasted_ms = told.t_ms - since_ms
        if (steps - _QUEUED) * step_ms > lasted_ms + _LATE_MS:
            return "so many steps take longer"
        if fades_ms and told.steps * step_ms > fades_ms - since_ms + 3 * _LATE_MS:
            return "it should have faded before"
        if lasted_ms > _SLOW * steps * step_ms + 3 * _LATE_MS:
            return "so few steps do not take so long"
        return ""

    def look(self, told, row) -> str:
        """What limit an end is beyond, or "". `row`: its request's (explain_rows.py), or None."""
        if not row or not 0 < row["scene"] < len(scenes.SCENES):
            return ""
        use = limits.USES[scenes.SCENES[row["scene"]].use]
        most = (use.light_mlx, use.sound_cdb, use.touch)[told.lane]
        if told.peak > most:
            return "act %d's %s was stronger than its use may be" % (
                told.number,
                records.LANES[told.lane],
            )
        length_s = scenes.SCENES[row["scene"]].length_s
        if told.steps * _STEP_MS[told.lane] > length_s * 1000:
            return "act %d was longer than its scene" % told.number
        return self._dose(told, use)

    def _dose(self, told, use):
        key = use.group, told.lane
        self._doses[key] = dose = self._doses.get(key, 0) + told.dose
        most = limits.DOSES[use.group][told.lane]
        if most and dose > most + _FADE_S * limits.doses_per_s(use)[told.lane]:
            return "the night has had %d of %s, and %d is the most" % (
                dose,
                records.LANES[told.lane],
                most,
            )
        return ""
