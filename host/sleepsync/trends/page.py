"""The page of weeks of nights: one HTML file that needs nothing else, no network, no script.

Every word that comes from outside is escaped.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

from sleepsync.report import page
from sleepsync.report.palette import LIGHT
from sleepsync.report.sheet import Sheet
from sleepsync.report.vector import inline_svg
from sleepsync.trends import measures, picture, words
from sleepsync.trends.gathered import Gathered
from sleepsync.trends.measures import Measure, by_day
from sleepsync.trends.spread import Week, spread, weeks

_TEMPLATE = Path(__file__).with_name("page.html")
_SHEETS = {"wide": Sheet(width=860), "narrow": Sheet(width=350, left=50, right=4)}
# Measures of a week's row, and what they are called there.
_BY_WEEK = {
    "in bed": measures.BED,
    "asleep": measures.ASLEEP,
    "awake between": measures.WASO,
    "heart": measures.RATE,
    "RMSSD": measures.RMSSD,
    "breathing": measures.BREATHS,
}


def html(found: Gathered) -> str:
    """The whole page; the same nights give the same bytes."""
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        style=page.style(),
        title=escape(words.title(found)),
        lead=escape(words.lead(found)),
        changes=escape(words.changes(found)),
        figure=_figure(found),
        tables=_overall(found) + _by_week(found),
        notes="".join(f"<li>{escape(note)}</li>" for note in words.notes(found)),
        left_out=_left_out(found),
    )


def _figure(found: Gathered) -> str:
    drawings = "".join(
        f'<div class="{name}">{inline_svg(picture.draw(found, LIGHT, sheet), LIGHT, name)}</div>'
        for name, sheet in _SHEETS.items()
    )
    return f'<figure role="img" aria-label="{escape(words.spoken(found))}">{drawings}</figure>'


def _overall(found: Gathered) -> str:
    """The middle and the spread of every measure over all nights."""
    rows = []
    for measure in measures.TOLD:
        told = spread(by_day(found, measure))
        if told:
            half = measures.between(measure, told.low, told.high)
            cells = (measure.written(told.middle), half, str(told.nights))
            rows.append(_row(measure.title, cells))
    return _table("All nights", ("median", "half of them", "nights known"), rows)


def _by_week(found: Gathered) -> str:
    """Each week's medians, with its quartiles below."""
    known = {name: measure for name, measure in _BY_WEEK.items() if words.has(found, measure)}
    rows = [
        _row(_week(found, week), [_cell(found, measure, week) for measure in known.values()])
        for week in weeks(found.first, found.days)
    ]
    return _table("By week: the median, and from where to where half of the nights are",
                  known, rows)  # fmt: skip


def _cell(found: Gathered, measure: Measure, week: Week) -> str:
    told = spread(by_day(found, measure)[week.begin : week.end])
    if told is None:
        return "-"
    return f"{measure.written(told.middle)}|{measures.between(measure, told.low, told.high)}"


def _week(found: Gathered, week: Week) -> str:
    day = max(week.monday, found.first)
    kept = sum(week.begin <= (row.day - found.first).days < week.end for row in found.rows)
    return f"{day.day} {day:%B}|{kept} of {week.end - week.begin} nights"


def _row(label: str, cells: Iterable[str]) -> str:
    told = "".join(f"<td>{_two_lines(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{_two_lines(label)}</th>{told}</tr>'


def _two_lines(cell: str) -> str:
    above, _, below = escape(cell).partition("|")
    return f"{above}<br><small>{below}</small>" if below else above


def _table(caption: str, heads, rows: list[str]) -> str:
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    return (
        f'<div class="wide-table"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _left_out(found: Gathered) -> str:
    """Files that are in no picture, each with its reason."""
    if not found.left_out:
        return ""
    items = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in found.left_out)
    return f"<h2>Left out</h2><ul>{items}</ul>"
