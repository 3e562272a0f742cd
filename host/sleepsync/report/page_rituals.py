"""The page's parts about the rituals and the room: the story, the room's section, the acts.

Every word that comes from outside is escaped.
"""

from html import escape

from sleepsync.night import Night
from sleepsync.report import advice, deeds, together_picture, together_words
from sleepsync.report import story as told
from sleepsync.report.palette import LIGHT
from sleepsync.report.vector import inline_svg

_WIDTHS = {"wide": 860, "narrow": 350}
_ADVICE = (
    "Advised: noise by WHO's guidelines for community noise (1999), light asleep by Brown and "
    "others (2022); the temperature is common advice. The puck measures at its own place, not at "
    "the ear or the eye."
)


def story(night: Night) -> str:
    """Evening, night and morning in sentences."""
    rows = [
        f"<div><dt>{name}</dt><dd>{escape(' '.join(sentences))}</dd></div>"
        for name, sentences in told.of_night(night)
    ]
    return f'<dl class="story">{"".join(rows)}</dl>' if rows else ""


def together(night: Night) -> str:
    """How the room and the night went together; empty if nobody slept."""
    sentences = together_words.sentences(night)
    if not sentences:
        return ""
    said = escape(" ".join(sentences))
    drawings = "".join(
        f'<div class="{name}">{_drawing(night, width, name)}</div>'
        for name, width in _WIDTHS.items()
    )
    return (
        f'<section class="together"><h2>The room and the night</h2><p>{said}</p>'
        f'<figure role="img" aria-label="Chart of what the table below tells">{drawings}</figure>'
        f'<div class="lists">{_awakenings(night)}{_advice(night)}</div></section>'
    )


def deed_list(night: Night) -> str:
    """Every request in a list that opens, with why it was asked and what came of it."""
    rows = [(row.when, row.what, f"{row.who}: {row.why}", row.answer) for row in deeds.rows(night)]
    if not rows:
        return ""
    heads = ("Asked", "What", "Who and why", "Answer")
    return (
        '<details class="deeds"><summary><h2>What the puck was asked, and did</h2></summary>'
        f"{_table('', heads, rows)}</details>"
    )


def _drawing(night: Night, width: int, name: str) -> str:
    figure = together_picture.draw(night, LIGHT, width)
    return inline_svg(figure, LIGHT, f"room-{name}") if figure else ""


def _awakenings(night: Night) -> str:
    rows = [(r.when, r.noise, r.light, r.temperature) for r in together_words.rows(night)]
    heads = ("Awake", "Noise before", "Light before", "Room, and in half an hour")
    return _table("Awakenings, and the two minutes before", heads, rows) if rows else ""


def _advice(night: Night) -> str:
    rows = [
        (each.name, each.bedtime_words, each.asleep_words, each.advised, each.verdict)
        for each in advice.of_night(night)
    ]
    heads = ("The room", "At bedtime", "Asleep", "Advised", "While asleep")
    return f"<div>{_table('The room beside what is advised', heads, rows)}<p>{_ADVICE}</p></div>"


def _table(caption: str, heads: tuple, rows: list[tuple]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(each)}</td>" for each in rest)
        + "</tr>"
        for first, *rest in rows
    )
    named = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
