"""How the room and the night went together, as one image: sentences, and the picture."""

import textwrap
from pathlib import Path

from sleepsync.night import Night
from sleepsync.report import picture, together_picture, together_words, words
from sleepsync.report.palette import LIGHT

_WIDTH_PT = 800
_DPI = 144
_MARGIN_PT = 48
_HEAD_PT = 118  # down to the first sentence
_LINE_PT = 18
_LINE_CHARACTERS = 110
_GAP_PT = 30


def write_png(night: Night, path: Path) -> None:
    """Write it as a PNG, 1600 px wide; of a night in which nobody slept there is none."""
    told = together_words.sentences(night)
    if not told:
        path.unlink(missing_ok=True)
        return
    lines = [line for each in told for line in textwrap.wrap(each, _LINE_CHARACTERS)]
    head_pt = _HEAD_PT + _LINE_PT * len(lines) + _GAP_PT
    figure = together_picture.draw(night, LIGHT, _WIDTH_PT, _MARGIN_PT, head_pt)
    assert figure
    picture.write(figure, _MARGIN_PT, 46, words.title(night), color=LIGHT.quiet)
    style = {"size": 19, "weight": "bold", "color": LIGHT.ink}
    picture.write(figure, _MARGIN_PT, 80, "The room and the night", **style)
    for index, line in enumerate(lines):
        picture.write(figure, _MARGIN_PT, _HEAD_PT + _LINE_PT * index, line, color=LIGHT.ink)
    picture.save(figure, path, format="png", dpi=_DPI, metadata={"Software": None})
