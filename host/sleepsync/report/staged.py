"""The picture of a staged file: a hypnogram, and under it how sure each of its epochs is.

It must never draw an epoch that has no row in the file: that time stays empty.
"""

from pathlib import Path

import numpy as np

from sleepsync.evaluate import canvas
from sleepsync.paths import records
from sleepsync.report.palette import LIGHT
from sleepsync.stage_file import Staged

_ROWS = (records.DEEP, records.LIGHT, records.REM, records.WAKE)  # from below
_COLUMN = {records.WAKE: 0, records.LIGHT: 1, records.DEEP: 2, records.REM: 3}
_BAR = 0.6  # of a row's height


def draw_staged(found: Staged, path: Path, title: str) -> Path:
    """Write the picture as PNG to `path`, and give it back."""
    with canvas.panels(LIGHT, 2, 1, 10, 5) as (figure, (stages, sure)):
        hours = found.epochs * records.EPOCH_S / 3600
        width = records.EPOCH_S / 3600
        base = np.zeros(len(hours))
        for row, stage in enumerate(_ROWS):
            name = records.STAGES[stage]
            at = found.stages == stage
            stages.barh([row] * at.sum(), width, _BAR, hours[at], color=getattr(LIGHT, name))
            probability = found.probabilities[:, _COLUMN[stage]]
            sure.bar(hours, probability, width, base, align="edge", color=getattr(LIGHT, name))
            base += probability
        stages.set_yticks(range(len(_ROWS)), [_written(stage) for stage in _ROWS])
        for axes in (stages, sure):
            axes.set_xlim(0, hours[-1] + width)
        sure.set_ylim(0, 1)
        canvas.name(stages, LIGHT, title)
        canvas.name(sure, LIGHT, "Probability of each stage, as in the rows above", "hours")
    path.write_bytes(canvas.png(figure))
    return path


def _written(stage):
    name = records.STAGES[stage]
    return name.upper() if stage == records.REM else name
