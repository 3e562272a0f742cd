"""A scene as the puck is to know it, compiled from what its file says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from . import light, sound, touch
from .kinds import Around, seconds
from .packing import Item
from .uses import MOST

# By the numbers of firmware/bedside/scenes.py; words as firmware/governor/words.py has them.
USES = {
    name: use
    for use, name in enumerate(
        [
            *("answer", "check", "wind-down", "mask", "cue", "relief"),
            *("sunrise", "early", "alarm", "pairing"),
        ],
        1,
    )
}


@dataclass(frozen=True)
class Scene:
    """`light`, `sound`, `touch`: as firmware/bedside/renderers.py takes them; () is none.

    `clip`: the name of that which is played instead of `sound`, if it is on the puck.
    """

    number: int
    name: str
    about: str
    use: int
    length_s: int
    light: tuple[Item, ...]
    sound: tuple[Item, ...]
    touch: tuple[Item, ...]
    clip: bytes = b""

    @property
    def lanes(self) -> tuple[Item, ...]:
        """Of light, sound and touch."""
        return self.light, self.sound, self.touch

    @property
    def whole(self) -> tuple[Item, ...]:
        """What the puck unpacks when an act begins: the lanes, and the clip if there is one."""
        return *self.lanes, *([self.clip] if self.clip else [])


def compiled(name: str, told: Mapping[str, Any], files: Mapping[str, str]) -> Scene:
    """The scene `name` of what its file tells, which obeys the schema. ValueError: see `Kind`."""
    length_s = round(seconds(told, "length"))
    fades = told.get("transition", {})
    around = Around(
        length_s,
        fades.get("in_s", 0),
        fades.get("out_s", 0),
        files,
        MOST[told["use"]],
        round(100 * told.get("lift_db", 0)),
    )
    return Scene(
        number=told["number"],
        name=name,
        about=told["about"],
        use=USES[told["use"]],
        length_s=length_s,
        light=light.compiled(told["light"], around) if "light" in told else (),
        sound=_sound(told, around),
        touch=touch.compiled(told["touch"], around) if "touch" in told else (),
        clip=told.get("clip", "").encode(),
    )


def _sound(told, around):
    """What is heard; where there is nothing but a clip, silence in its place."""
    if "sound" in told:
        return sound.compiled(told["sound"], around)
    return sound.SILENCE if "clip" in told else ()


def named(path: str) -> str:
    """The name of the scene in a file: breathe_14.json is "breathe 14"."""
    return PurePosixPath(path).stem.replace("_", " ")
