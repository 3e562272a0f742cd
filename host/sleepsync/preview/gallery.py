"""The scenes of docs/scenes.md: what the code says of each, and small pictures of it.

New scenes appear by themselves. It must never write a word that no file of theirs holds.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sleepsync.paths import ROOT
from sleepsync.preview.making import Wish
from sleepsync.preview.moving import Film
from sleepsync.preview.words import length
from sleepsync.scenes import USES, Scene
from sleepsync.scenes.schema import FRAME, LANES
from sleepsync.scenes.sound import HEAD
from sleepsync.scenes.wording import described

PAGE = ROOT / "docs" / "scenes.md"
PICTURES = ROOT / "docs" / "scenes"
SMALL = Wish(
    film=Film(side=88, per_s=5, real_s=4, lapse_s=4, colours=20),
    dpi=62,
    colours=28,
    has_sound=False,
)
_USE_NAMES = {number: name for name, number in USES.items()}


def gallery(scenes: list[Scene]) -> str:
    """A part of the page for each scene."""
    return "\n".join("\n".join(_scene(scene)) for scene in scenes)


def tables() -> str:
    """What each key may hold: of the frame, then of each kind, as the schemas have it."""
    parts = ["**every scene**", _keys(FRAME["properties"], FRAME["required"])]
    for lane, (word, kinds) in LANES.items():
        if lane == "sound":
            parts += ["**sound, every voice**", _keys(HEAD, ())]
        for name, kind in kinds.items():
            parts += [f'**{lane}**, `"{word}": "{name}"`', _keys(kind.keys, kind.needed)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def write_block(page: Path, name: str, shown: str) -> None:
    """Put `shown` between the page's marks of that name."""
    page.write_text(block(name).sub(lambda found: found[1] + shown + found[2], page.read_text()))


def block(name: str) -> re.Pattern[str]:
    """A page's block of that name, its marks as groups."""
    return re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)


def pictures(scene: Scene) -> list[Path]:
    """The files that show a scene on the page."""
    stem = scene.name.replace(" ", "_")
    return [PICTURES / f"{stem}{end}" for end in ((".gif", ".png") if scene.light else (".png",))]


def forget_others(scenes: list[Scene]) -> None:
    """Remove the pictures of scenes that are no more."""
    known = {path for scene in scenes for path in pictures(scene)}
    for path in set(PICTURES.iterdir()) - known:
        path.unlink()


def _scene(scene: Scene) -> Iterator[str]:
    use, time = _USE_NAMES[scene.use], length(scene.length_s)
    yield f"### {scene.name}\n"
    yield f"{scene.about} Number {scene.number}, for {use}, {time}.\n"
    *ring, sheet = (path.relative_to(PAGE.parent).as_posix() for path in pictures(scene))
    yield from (f"![The ring of {scene.name}]({path})" for path in ring)
    yield f"![{scene.name} over time]({sheet})\n"


def _keys(keys: Mapping[str, dict[str, Any]], needed: Any) -> str:
    if not keys:
        return ""
    rows = [f"| `{key}`{' *' * (key in needed)} | {_allowed(key, keys[key])} |" for key in keys]
    return "\n".join(["| key | what it may be |", "| --- | --- |", *rows])


def _allowed(key, schema):
    if key in LANES:
        return "see below"
    if schema.get("type") == "object":
        each = (f"`{name}` {described(of)}" for name, of in schema["properties"].items())
        return "an object: " + "; ".join(each)
    return described(schema).replace("|", "\\|")
