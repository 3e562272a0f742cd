"""The report as one HTML file that needs nothing else: no network, no script.

It composes `page.html`, words, figures and the drawing. Every word that comes
from outside is escaped.
"""

from html import escape
from pathlib import Path
from string import Template

from sleepsync.night import Night
from sleepsync.report import figures, picture, room, series, words
from sleepsync.report.palette import DARK, LIGHT, css_variables
from sleepsync.report.vector import inline_svg

_TEMPLATE = Path(__file__).parent / "page.html"
_SHEETS = {
    "wide": picture.Sheet(width=860),
    "narrow": picture.Sheet(width=350, left=50, right=4),  # a phone, at its own size
}


def html(night: Night) -> str:
    """The whole page."""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        light=css_variables(LIGHT),
        dark=css_variables(DARK),
        name=escape(night.name if night.start else "SleepSync"),
        title=escape(words.title(night)),
        lead=escape(words.lead(night)),
        tables=_table("The night", figures.of_night(night))
        + _table("Stages", figures.of_stages(night))
        + _table("The room", room.of_room(night)),
        figure=_figure(night) if series.span_epochs(night) else "",
        sources="".join(_source(*item) for item in night.sources.items()),
        notes="".join(f"<li>{escape(note)}</li>" for note in night.notes),
    )


def _figure(night: Night) -> str:
    drawings = "".join(
        f'<div class="{name}">{inline_svg(picture.draw(night, LIGHT, sheet), LIGHT, name)}</div>'
        for name, sheet in _SHEETS.items()
    )
    heard = escape(f"{words.picture(night)} {room.spoken(night)}".rstrip())
    return f'<figure role="img" aria-label="{heard}">{drawings}</figure>'


def _table(caption: str, rows: list[figures.Row]) -> str:
    if not rows:
        return ""
    has_reference = any(row.reference for row in rows)
    head = (
        '<thead><tr><td></td><th scope="col">Live</th><th scope="col">Reference</th></tr></thead>'
    )
    body = "".join(_row(row, has_reference) for row in rows)
    return (
        f"<table><caption>{caption}</caption>{head if has_reference else ''}"
        f"<tbody>{body}</tbody></table>"
    )


def _row(row: figures.Row, has_reference: bool) -> str:
    reference = f"<td>{row.reference}</td>" if has_reference else ""
    label = f"{row.label}, {row.when}" if row.when else row.label
    return f'<tr><th scope="row">{label}</th><td>{row.value}</td>{reference}</tr>'


def _source(what: str, source: str) -> str:
    return f"<div><dt>{escape(what.capitalize())}</dt><dd>{escape(source)}</dd></div>"
