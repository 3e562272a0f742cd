"""The kinds of touch as a scene writes them, and what the puck's renderers are made of."""

from .kinds import Around, Entry, Item, Kind, number, seconds, time_keys
from .light import breath_ticks
from .rich_touch import RICH

_TICKS_PER_S = 25
_FULL = 127


def compiled(entry: Entry, around: Around) -> tuple[Item, ...]:
    """(kind, *numbers) of an entry that obeys its kind's schema."""
    kind = KINDS[entry["kind"]]
    try:
        return (kind.number, *kind.compiled(entry, around))
    except ValueError as error:
        raise ValueError(f"touch: {error}") from None


def _buzz(entry, around):
    """A level that comes once a beat, or at both turns of a breath."""
    on = ticks(entry["on_s"])
    breath = breath_ticks(entry)
    (beat,) = breath or (ticks(entry["beat_s"]),)
    row = (round(entry["level"] * _FULL), on, beat, round(seconds(entry, "rise")))
    until = ticks(entry.get("until_s", 0))
    return (*row, beat * 2 // 5 if breath else 0, until) if breath or until else row


def ticks(time_s: float) -> int:
    """The puck's steps of light and touch in a time."""
    return round(time_s * _TICKS_PER_S)


KINDS = {
    "buzz": Kind(
        number=0,
        keys={
            "level": number(0, 1),
            "on_s": number(0.04, 3),
            "beat_s": number(0.08, 600),
            "breaths_per_min": {**number(2, 30), "type": "integer"},
            **time_keys("rise", 1000),
            "until_s": number(0, 7200),
        },
        needed=("level", "on_s"),
        compiled=_buzz,
        is_plain=True,
    ),
    **RICH,
}
