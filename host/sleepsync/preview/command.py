"""`sleepsync scene`, `sleepsync listen`: scenes checked, seen and heard before a puck has them.

They must never write beside the scene itself, nor change it.
"""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sleepsync.paths import ROOT
from sleepsync.preview.gallery import (
    PAGE,
    PICTURES,
    SMALL,
    forget_others,
    gallery,
    write_block,
)
from sleepsync.preview.listening import write_page
from sleepsync.preview.making import Made, Wish, make_all
from sleepsync.preview.words import length
from sleepsync.scenes import (
    SCENES,
    USES,
    Scene,
    SceneError,
    checked,
    checked_alone,
    gathered,
    sources,
)
from sleepsync.scenes.packing import packed

console = Console(highlight=False)
_LANES = ("light", "sound", "touch")
_USE_NAMES = {number: name for name, number in USES.items()}

Files = Annotated[list[Path], typer.Argument(help="Scenes: .json files.")]
Preview = Annotated[
    bool, typer.Option("--preview", help="Render it: NAME.wav, NAME.gif and NAME.png.")
]
Out = Annotated[Path, typer.Option(help="The folder for what is rendered.")]
Docs = Annotated[
    bool, typer.Option("--docs", help="Instead, write pictures and table of docs/scenes.md anew.")
]
Seconds = Annotated[
    float | None,
    typer.Option(help="Only so much from the beginning.", min=1, show_default="the whole scene"),
]


def scene(
    files: Files, preview: Preview = False, out: Out = Path(), seconds: Seconds = None
) -> None:
    """Check scenes, and with --preview see and hear them, before they are on a puck.

    All that is wrong with a file is said at once: where it stands, what was seen, what would do.
    What is rendered comes out of the puck's own renderers and its governor, in the VM: what you see
    and hear is what a puck at the bed would give off, only louder.

    For example, one of your own; ours all together; the first half minute of one:

        sleepsync scene my_evening.json

        sleepsync scene firmware/scenes/*.json

        sleepsync scene my_evening.json --preview --seconds 30

    NAME.wav is the sound, NAME.gif the ring, NAME.png both over time. How a scene is written is
    told in docs/scenes.md.
    """
    found = _checked(files)
    console.print(_table(found))
    if not preview:
        return
    wish = Wish(most_s=seconds or float("inf"))
    for made in make_all(found, out, wish, console, jobs=1):
        _tell(made)


def listen(out: Out = Path("listen"), docs: Docs = False) -> None:
    """Render all scenes, and write a page to listen to them: index.html (two minutes or so)."""
    scenes = checked(sources(gathered()))
    if docs:
        list(make_all(scenes, PICTURES, SMALL, console, jobs=2))
        forget_others(scenes)
        write_block(PAGE, "scenes", gallery(scenes))
        page = PAGE
    else:
        page = write_page(list(make_all(scenes, out, Wish(), console, jobs=2)), out)
    console.print(f"Page: [bold]{escape(_near(page))}[/bold]", soft_wrap=True)


def _checked(files: list[Path]) -> list[Scene]:
    """The scenes of these files. SceneError with all that is wrong with any."""
    known = sources(gathered())
    ours = [path for path in files if _inside(path)]
    found, wrong = [], []
    try:
        all_ours = {scene.name: scene for scene in checked(known)} if ours else {}
        found += [all_ours[path.stem.replace("_", " ")] for path in ours]
    except SceneError as error:
        wrong.append(str(error))
    for path in [path for path in files if path not in ours]:
        try:
            found.append(checked_alone(str(path), path.read_text(encoding="utf-8"), known))
        except (OSError, UnicodeDecodeError) as error:
            wrong.append(f"{path}: {error}; wanted a text file")
        except SceneError as error:
            wrong.append(str(error))
    if wrong:
        raise SceneError("not all of it can be played:\n" + "\n".join(wrong))
    return found


def _inside(path: Path) -> bool:
    return path.resolve().parent == (ROOT / SCENES).resolve() and path.is_file()


def _table(scenes: list[Scene]) -> Table:
    table = Table("number", "name", "use", "length", "lanes", "bytes", box=None, header_style="dim")
    for one in scenes:
        lanes = ", ".join(name for name, has in zip(_LANES, one.lanes, strict=True) if has)
        cells = one.name, _USE_NAMES[one.use], length(one.length_s), lanes, len(packed(one.whole))
        table.add_row(str(one.number), *map(str, cells))
    return table


def _tell(made: Made) -> None:
    for path, words in made.files.items():
        console.print(f"[bold]{escape(_near(path))}[/bold]: {escape(words)}", soft_wrap=True)


def _near(path: Path) -> str:
    near = os.path.relpath(path)
    return near if not near.startswith("../..") else str(path)
