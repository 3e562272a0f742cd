"""Lays out `build/<target>/`: what the desktop VM, a puck or a browser's VM runs.

The target of a puck is its board. The others simulate a board, the reference or another: one
(`unix_puck`) as the files that a puck holds, to be booted, the others as loose sources. Here the
files of a slot lie loose, too; `slot.packed` makes of them what lies on flash. A board that cannot
be a puck is refused before anything is written.

Only what changed is built again. Several processes may build at once. A kernel in a
tree for machine code has no `.py` beside it, since an import would prefer that.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sleepsync import boards, scenes

from . import kernels, lint
from .budgets import ANSWERS, BEDSIDE, CODE_BYTES_OF_ROOM, DOOR, WORDS, WORDS_OF_ROOMS
from .compiler import compiled, compiler_version
from .errors import BuildError
from .files import alone, sweep, write, write_changed
from .slot import MANIFEST, SLOT, manifest

ROOT = Path(__file__).parents[3]
SIMULATED = "unix_puck"  # a puck's files, for the desktop VM to boot from
TARGETS = ("unix", SIMULATED, "wasm", *boards.BOARDS)
# At the root, as source: found there by name.
_FIRST = ("hw/archive.py", "hw/trial.py", "boot.py", "main.py")
_TRIAL = "trial.py"  # only there while an update is on trial
_ROOMS = ("firmware", "lib", "hw")
_SIMULATOR = PurePosixPath("hw/sim")
_MANIFEST = PurePosixPath("hw/manifest.py")  # read by MicroPython's build, run by no VM
_INSTEAD = {  # what runs in the application's place, by the room that it counts to
    "safe": ("firmware/safe.mpy", "firmware/alone.mpy"),
    "parting": (
        *("firmware/offer.mpy", "firmware/parting.mpy", "firmware/plain.mpy"),
        "hw/erasing.mpy",
    ),
}
_HERE = Path(__file__).parent
_MAKERS = ("boards", "scenes", "scores")  # packages that write modules of the puck


def _unchanged(text: str, path: str) -> str:
    return text


@dataclass(frozen=True)
class Product:
    """One file of a tree: where it lies in it, and how its source becomes its bytes."""

    path: str
    source: str
    rewrite: Callable[[str, str], str] = _unchanged  # (source text, source path) -> text
    march: str = ""  # what mpy-cross compiles the text for; empty: it stays text


def build(target: str, out: Path | None = None, board: str = boards.REFERENCE) -> Path:
    """Bring `out`/<target> up to date with the sources and return it (default: ROOT/build).

    `board`: on whose pins a simulated target runs; <target>-<board> if not the reference's.
    Raises BuildError if target or board is unknown, or the board or a source is refused.
    """
    if target not in TARGETS:
        raise BuildError(f"no target {target}; choose one of {', '.join(TARGETS)}")
    hardware = _accepted(target if target in boards.BOARDS else board)
    is_usual = hardware.key in (target, boards.REFERENCE)
    name = target if is_usual else f"{target}-{board}"
    tree = (out or ROOT / "build") / name
    tree.mkdir(parents=True, exist_ok=True)
    with alone(tree):
        _update(tree, target, hardware)
        if _is_puck(target):
            write_changed(tree / SLOT / MANIFEST, manifest(tree / SLOT, hardware.key))
    return tree


def _accepted(name):
    """The board of that name, which can be a puck. BuildError with every reason if it cannot."""
    if name not in boards.BOARDS:
        raise BuildError(f"no board {name}; choose one of {', '.join(boards.BOARDS)}")
    try:
        board = boards.load(name, ROOT / "hw")
    except boards.BoardError as error:
        raise BuildError(str(error)) from error
    reasons = boards.refusals(board)
    if reasons:
        lines = [f"{board.name} cannot be a puck:", *(f"  {reason}" for reason in reasons)]
        raise BuildError("\n".join(lines))
    return board


def code_bytes(tree: Path) -> dict[str, int]:
    """Bytes of code per room of a board's tree; `app` is all that has no room of its own.

    What starts the puck counts as what it is compiled to: its text stays in flash.
    """
    sizes = dict.fromkeys(CODE_BYTES_OF_ROOM, 0)
    for path in tree.rglob("*.mpy"):
        sizes[_room(path.relative_to(tree / SLOT))] += path.stat().st_size
    for name in [Path(source).name for source in _FIRST if (tree / Path(source).name).exists()]:
        room = "update" if name == _TRIAL else "boot"
        sizes[room] += len(compiled((tree / name).read_text(), name, "xtensawin"))
    return sizes


def _room(path):
    folder, room, *_ = path.parts
    if folder in ("firmware", "hw") and path.stem in WORDS_OF_ROOMS:
        return "words"
    if folder == "firmware" and room == "bedside" and path.stem not in BEDSIDE:
        return "acting"
    if folder == "firmware" and room == "link" and path.stem in (*ANSWERS, *DOOR):
        return "answers" if path.stem in ANSWERS else "door"
    if folder == "firmware" and room in CODE_BYTES_OF_ROOM:
        return room
    for instead, paths in _INSTEAD.items():
        if str(path) in paths:
            return instead
    return "words" if folder == "lib" and path.stem.split("_")[0] in WORDS else "app"


def sources() -> Iterator[PurePosixPath]:
    """The paths of all source files that a tree can hold, from ROOT, in order."""
    for name in _FIRST:
        if (ROOT / name).exists():
            yield PurePosixPath(name)
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            source = PurePosixPath(path.relative_to(ROOT).as_posix())
            if source != _MANIFEST and str(source) not in _FIRST:
                yield source


def _update(tree, target, board):
    stamp = tree.with_name(f".{tree.name}.json")
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    tools = _tools()
    texts = {product: _text(product) for product in _products(target, board)}
    now = {p.path: _digest(tools, p.source, text) for p, text in texts.items()}
    sweep(tree, {*now, f"{SLOT}/{MANIFEST}"} if _is_puck(target) else now.keys())
    stale = [
        product
        for product in texts
        if before.get(product.path) != now[product.path] or not (tree / product.path).exists()
    ]
    if stale or before != now:
        stamp.unlink(missing_ok=True)
        _make_all(tree, {product: texts[product] for product in stale})
        write(stamp, json.dumps(now).encode())


def _text(product):
    if product.source == scenes.SCENES:
        return scenes.gathered(ROOT)
    return Path(ROOT / product.source).read_text()


def _digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _tools():
    """All that turns sources into products: this package, those beside it, and the compiler."""
    folders = (_HERE, *(_HERE.parent / name for name in _MAKERS))
    files = [path for folder in folders for path in sorted(folder.glob("*.*")) if path.is_file()]
    return _digest(compiler_version(), *(path.read_text() for path in files))


def _make_all(tree, texts):
    """Rewrite one after the other (CPython 3.11 cannot parse in two threads), compile at once."""
    problems: list[str] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {}
        for product, text in texts.items():
            with _noted(problems):
                if product.source.endswith(".py"):
                    lint.check(text, product.source)
                rewritten = product.rewrite(text, product.source)
                jobs[product] = pool.submit(_content, product, text, rewritten)
        for product, job in jobs.items():
            with _noted(problems):
                write(tree / product.path, job.result())
    if problems:
        raise BuildError("\n".join(problems))


@contextmanager
def _noted(problems):
    """Put a problem with one source aside, so that all are shown together."""
    try:
        yield
    except (BuildError, kernels.RefusedKernel, scenes.SceneError) as error:
        problems.append(str(error))


def _content(product, text, rewritten):
    if not product.march:
        return rewritten.encode()
    try:
        return compiled(rewritten, product.source, product.march)
    except BuildError:
        if product.source.endswith(".py"):
            compiled(text, product.source, product.march)  # a fault is named by the source's line
        raise


# -- what each target makes of a source


def _is_puck(target):
    return target == SIMULATED or target in boards.BOARDS


def _march(target, board):
    """What mpy-cross compiles a puck's files for; empty: the target is no puck."""
    if target == SIMULATED:
        return "x64"
    return board.soc.march if target == board.key else ""


def _products(target, board):
    march = _march(target, board)
    products = [product for path in sources() if (product := _product(target, path, march))]
    products.append(_pins(board.key, march))
    products += _scenes(march)
    if target == "wasm":
        products.append(Product("lib/words32.py", str(_HERE / "words32.py")))
    return products


def _pins(board, march):
    """`hw/pins`, which no source file holds: it comes from the file of a board."""
    path = f"{SLOT}/hw/pins.mpy" if march else "hw/pins.py"
    return Product(path, f"hw/boards/{board}.toml", boards.pins_module, march)


def _scenes(march):
    """The modules of scenes, which no source file holds: they come from a folder of data."""
    for path, rewrite in scenes.MAKERS.items():
        mpy = f"{SLOT}/{PurePosixPath(path).with_suffix('.mpy')}"
        yield Product(mpy if march else path, scenes.SCENES, rewrite, march)


def _product(target, path, march):
    source, mpy = str(path), str(path.with_suffix(".mpy"))
    is_simulator = path.is_relative_to(_SIMULATOR)
    is_kernel = path.stem.endswith("_kernels")
    if source in _FIRST:
        return Product(path.name, source)
    if march:
        rewrite = kernels.for_unix if is_kernel and target == SIMULATED else _unchanged
        return None if is_simulator else Product(f"{SLOT}/{mpy}", source, rewrite, march)
    if not is_kernel:
        return Product(source, source)
    if target == "wasm":
        rewrite = kernels.simulator_for_wasm if is_simulator else kernels.for_wasm
        return Product(source, source, rewrite)
    return Product(mpy, source, _unchanged if is_simulator else kernels.for_unix, "x64")
