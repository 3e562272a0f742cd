"""The report as one image: title, summary, the picture, and where it comes from."""

import textwrap
from pathlib import Path

from sleepsync.night import Night
from sleepsync.report import figures, picture, story, words
from sleepsync.report.palette import LIGHT
from sleepsync.report.room import of_room

_WIDTH_PT = 800
_DPI = 144  # two pixels to the point: 1600 px wide, and sharp at half of that
_MARGIN_PT = 48
_LEFT_PT = 108  # the margin and the names of rows
_HEAD_PT = 150  # down to the first row of figures
_CELL_ROW_PT = 54
_CELLS = 6  # figures in a row
_SMALL_PT = 9.5  # the smallest that is read at half of the image's size
_LINE_PT = 16
_LINE_CHARACTERS = 118
_LINE_ROOM_PT = 40
_STORY_PT = 142  # down to the first line of the story
_STORY_LINE_PT = 18
_STORY_GAP_PT = 14
_STORY_CHARACTERS = 100


def write_png(night: Night, path: Path) -> None:
    """Write the night as a PNG, 1600 px wide, in the light theme."""
    groups = (figures.of_night(night), figures.of_stages(night), of_room(night))
    rows = [row for row in groups if row]
    lines = _foot_lines(night)
    told = _story_lines(night)
    story_pt = (_STORY_LINE_PT * len(told) + _STORY_GAP_PT) * bool(told)
    head_pt = _HEAD_PT + story_pt + _CELL_ROW_PT * len(rows)
    foot_pt = _LINE_ROOM_PT + _LINE_PT * len(lines)
    sheet = picture.Sheet(_WIDTH_PT, _MARGIN_PT, _LEFT_PT, _MARGIN_PT, head_pt, foot_pt)
    figure = picture.draw(night, LIGHT, sheet)
    _write_head(figure, night)
    _write_story(figure, told)
    for index, cells in enumerate(rows):
        _write_cells(figure, cells, _HEAD_PT + story_pt + _CELL_ROW_PT * index)
    _write_foot(figure, lines)
    picture.save(figure, path, format="png", dpi=_DPI, metadata={"Software": None})


def _write_head(figure, night: Night) -> None:
    quiet, ink = {"color": LIGHT.quiet}, {"color": LIGHT.ink}
    has_start = night.start is not None
    picture.write(figure, _MARGIN_PT, 46, night.name if has_start else "SleepSync", **quiet)
    picture.write(figure, _MARGIN_PT, 74, words.title(night), size=15, **ink)
    picture.write(figure, _MARGIN_PT, 112, words.lead(night), size=19, weight="bold", **ink)


def _story_lines(night: Night) -> list[tuple[str, str]]:
    """(heading or nothing, a line) of the evening, the night and the morning."""
    lines = []
    for name, told in story.of_night(night):
        wrapped = textwrap.wrap(" ".join(told), _STORY_CHARACTERS)
        lines += list(zip([name, *[""] * len(wrapped)], wrapped, strict=False))
    return lines


def _write_story(figure, lines: list[tuple[str, str]]) -> None:
    for index, (name, line) in enumerate(lines):
        y_pt = _STORY_PT + _STORY_LINE_PT * index
        picture.write(figure, _MARGIN_PT, y_pt, name, color=LIGHT.quiet)
        picture.write(figure, _LEFT_PT, y_pt, line, color=LIGHT.ink)


def _write_cells(figure, cells: list[figures.Row], top_pt: float) -> None:
    step_pt = (_WIDTH_PT - 2 * _MARGIN_PT) / _CELLS
    for index, cell in enumerate(cells):
        x_pt = _MARGIN_PT + step_pt * index
        picture.write(figure, x_pt, top_pt, cell.value, size=13, color=LIGHT.ink)
        picture.write(figure, x_pt, top_pt + 15, cell.label, size=_SMALL_PT, color=LIGHT.quiet)
        beside = f"reference {cell.reference}" if cell.reference else cell.when
        if beside:
            picture.write(figure, x_pt, top_pt + 27, beside, size=_SMALL_PT, color=LIGHT.quiet)


def _foot_lines(night: Night) -> list[str]:
    sources = [f"{what.capitalize()}, {source}" for what, source in night.sources.items()]
    wrapped = [line for text in sources for line in textwrap.wrap(text, _LINE_CHARACTERS)]
    return [*wrapped, "Not a medical device."]


def _write_foot(figure, lines: list[str]) -> None:
    height_pt = figure.get_size_inches()[1] * picture.POINTS_PER_INCH
    top_pt = height_pt - _LINE_PT * len(lines) - _LINE_PT / 2
    for index, line in enumerate(lines):
        y_pt = top_pt + _LINE_PT * index
        picture.write(figure, _MARGIN_PT, y_pt, line, size=_SMALL_PT, color=LIGHT.quiet)
