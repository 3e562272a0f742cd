"""The kinds of light as a scene writes them, and what the puck's renderers are made of."""

from . import colours
from .kinds import Around, Entry, Item, Kind, number, seconds, time_keys
from .rich_light import RICH

_TICKS_PER_MIN = 1500
_MOST_RISE_S = 40000


def compiled(entry: Entry, around: Around) -> tuple[Item, ...]:
    """(kind, *numbers) of an entry that obeys its kind's schema."""
    kind = KINDS[entry["kind"]]
    try:
        return (kind.number, *kind.compiled(entry, around))
    except ValueError as error:
        raise ValueError(f"light: {error}") from None


def _colour(entry, around):
    """From one colour over into another, or between the two as one breathes."""
    first = colours.counts(entry["from"])
    last = colours.counts(entry.get("to", entry["from"]))
    return first, last, round(seconds(entry, "over")), *breath_ticks(entry)


def breath_ticks(entry: Entry) -> tuple[int, ...]:
    """Ticks of a breath, or nothing if an entry does not breathe."""
    pace = entry.get("breaths_per_min")
    return ((_TICKS_PER_MIN + pace // 2) // pace,) if pace else ()


KINDS = {
    "colour": Kind(
        number=0,
        keys={
            "from": colours.SCHEMA,
            "to": colours.SCHEMA,
            **time_keys("over", _MOST_RISE_S),
            "breaths_per_min": {**number(2, 30), "type": "integer"},
        },
        needed=("from",),
        compiled=_colour,
        is_plain=True,
    ),
    **RICH,
}
