"""Every figure that the README quotes, by the commands that measure it.

A figure is one line: `area.name value unit goal ok|SHORT`. A goal that is missed
stays SHORT; it is never lowered or left out.
"""

from collections.abc import Iterator

from sleepsync.bench import (
    board,
    faults,
    governor,
    link,
    night,
    pulse,
    rituals,
    sound,
    staging,
    world,
)
from sleepsync.bench.figure import Figure

AREAS = {
    "night": night.figures,
    "world": world.figures,
    "board": board.figures,
    "staging": staging.figures,
    "pulse": pulse.figures,
    "governor": governor.figures,
    "rituals": rituals.figures,
    "sound": sound.figures,
    "link": link.figures,
    "faults": faults.figures,
}


def run(area: str | None = None) -> Iterator[Figure]:
    """Measure one area, or all. ValueError names the areas if there is no such one."""
    if area and area not in AREAS:
        raise ValueError(f"no area {area!r}; there are: {', '.join(AREAS)}")
    for name, figures in AREAS.items():
        if area in (None, name):
            yield from figures()
