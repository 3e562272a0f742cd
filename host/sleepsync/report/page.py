"""The report as one HTML file that needs nothing else: no network, no script.

It composes `page.html`, words, figures and the drawing. Every word that comes
from outside is escaped.
"""

from html import escape
from pathlib import Path
from string import Template

from sleepsync.night import Night
from sleepsync.report import figures, page_rituals, picture, rituals, room, series, story, words
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
        story=page_rituals.story(night),
        together=page_rituals.together(night),
        deeds=page_rituals.deed_list(night),
        figure=_figure(night) if series.span_epochs(night) else "",
        sources="".join(_source(*item) for item in night.sources.items()),
        notes="".join(f"<li>{escape(note)}</li>" for note in night.notes),
    )


def style() -> str:
    """The page's own style sheet, for pages that shall look like it."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    sheet = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    return Template(sheet).substitute(light=css_variables(LIGHT), dark=css_variables(DARK))


def _figure(night: Night) -> str:
    drawings = "".join(
        f'<div class="{name}">{inline_svg(picture.draw(night, LIGHT, sheet), LIGHT, name)}</div>'
        for name, sheet in _SHEETS.items()
    )
    parts = words.picture(night), story.text(night), rituals.spoken_states(night)
    heard = escape(" ".join(filter(None, [*parts, room.spoken(night)])))
    return f'<figure role="img" aria-label="{heard}">{drawings}</figure>'


def _table(caption: str, rows: list[figures.Row]) -> str:
    if not rows:
        return ""
    columns = _columns(rows)
    heads = "".join(f'<th scope="col">{name}</th>' for name in columns)
    head = f"<thead><tr><td></td>{heads}</tr></thead>" if len(columns) > 1 else ""
    body = "".join(_row(row, columns) for row in rows)
    return f"<table><caption>{caption}</caption>{head}<tbody>{body}</tbody></table>"


def _columns(rows: list[figures.Row]) -> dict[str, str]:
    """{heading: field of a row}, of those that some row fills."""
    has_live = any(row.live for row in rows)
    columns = {"Morning" if has_live else "Live": "value"}
    if has_live:
        columns["Live"] = "live"
    if any(row.reference for row in rows):
        columns["Reference"] = "reference"
    return columns


def _row(row: figures.Row, columns: dict[str, str]) -> str:
    values = "".join(f"<td>{getattr(row, name)}</td>" for name in columns.values())
    label = f"{row.label}, {row.when}" if row.when else row.label
    return f'<tr><th scope="row">{label}</th>{values}</tr>'


def _source(what: str, source: str) -> str:
    return f"<div><dt>{escape(what.capitalize())}</dt><dd>{escape(source)}</dd></div>"
