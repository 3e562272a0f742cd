"""Makes the pictures and the sound of scenes, some at once, and shows how far that is."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import Manager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sleepsync.preview import excerpt, moving, sheet
from sleepsync.preview.rendered import Rendered, render
from sleepsync.preview.words import length
from sleepsync.scenes import Scene
from sleepsync.vm import Worker

_LOOK_S = 0.2


@dataclass(frozen=True)
class Wish:
    """What to make: of how many seconds, the film, the pieces of sound, and the sheet's dpi."""

    most_s: float = float("inf")
    film: moving.Film = field(default_factory=moving.Film)
    pieces: excerpt.Pieces = field(default_factory=excerpt.Pieces)
    dpi: int = 110
    has_sound: bool = True
    colours: int = 0  # of the sheet; 0 all


@dataclass(frozen=True)
class Made:
    """The files of a scene, each with what it is in words; the most of each lane, by names of
    its own.
    """

    scene: Scene
    files: dict[Path, str]
    figures: dict[str, float]


def make(scene: Scene, out: Path, wish: Wish, tell: Any = lambda done_s: None) -> Made:
    """Render one scene into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with Worker() as vm, tempfile.TemporaryDirectory(prefix="sleepsync-") as logs:
        rendered = render(vm, scene, Path(logs), most_s=wish.most_s, tell=tell)
        return Made(scene, _write(rendered, out, wish), _figures(rendered))


def make_all(
    scenes: list[Scene], out: Path, wish: Wish, console: Console, jobs: int
) -> Iterator[Made]:
    """The same of many, `jobs` at once, in their order, with a bar on a terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    whole_s = [min(wish.most_s, scene.length_s) for scene in scenes]
    with Manager() as shared, Progress(*columns, console=console, transient=True) as bar:
        done = shared.dict()
        task = bar.add_task("rendering", total=sum(whole_s))
        with ProcessPoolExecutor(jobs) as pool:
            futures = [pool.submit(_make, scene, out, wish, done) for scene in scenes]
            _watch(futures, done, lambda seconds: bar.update(task, completed=seconds))
        made = [future.result() for future in futures]
    yield from made


def _watch(futures: list[Future], done: Any, show: Any) -> None:
    waiting = set(futures)
    while waiting:
        try:
            for future in as_completed(waiting, timeout=_LOOK_S):
                waiting.discard(future)
        except TimeoutError:
            waiting = {future for future in waiting if not future.done()}
        show(sum(done.values()))


def _make(scene, out, wish, done):
    def tell(seconds):
        done[scene.number] = seconds

    return make(scene, out, wish, tell)


def _figures(rendered: Rendered) -> dict[str, float]:
    return {
        "photopic_lx": float(rendered.level_lx.max()),
        "melanopic_lx": float(rendered.melanopic_lx.max()),
        "loudest_dba": rendered.loudest_dba,
        "touch": float(rendered.touch.max()),
    }


def _write(rendered: Rendered, out: Path, wish: Wish) -> dict[Path, str]:
    name = rendered.scene.name.replace(" ", "_")
    files = {}
    if len(rendered.samples) and wish.has_sound:
        path = out / f"{name}.wav"
        files[path] = excerpt.write_wav(rendered.samples, path, wish.pieces)
    if rendered.scene.light:
        path = out / f"{name}.gif"
        moving.write(rendered, path, wish.film)
        captions = (part.caption for part in moving.parts(rendered, wish.film))
        files[path] = "the ring, " + "; then ".join(captions)
    path = out / f"{name}.png"
    sheet.write(rendered, path, wish.dpi, wish.colours)
    files[path] = f"light, sound and touch over {length(rendered.ticks * 0.04)}"
    return files
