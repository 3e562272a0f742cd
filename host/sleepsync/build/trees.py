"""Lays out `build/<target>/`: what the desktop VM, a puck or a browser's VM runs.

The target of a puck is its board. The others are simulated on the reference board.

Only what changed is built again. Several processes may build at once. A kernel in a
tree for machine code has no `.py` beside it, since an import would prefer that.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sleepsync import boards

from . import kernels, lint
from .compiler import compiled, compiler_version
from .errors import BuildError

ROOT = Path(__file__).parents[3]
TARGETS = ("unix", "wasm", *boards.BOARDS)
_FIRST = ("boot.py", "main.py")  # the puck starts these by name, as source
_ROOMS = ("firmware", "lib", "hw")
_SIMULATOR = PurePosixPath("hw/sim")
_HERE = Path(__file__).parent
_MARCH = "xtensawin"  # of every board that is not refused
# Everything of one room's budget; what is not named here belongs to the application.
_WORDS = ("puck", "rescore", "selftest")  # files of lib/ that begin so: loaded when asked for
_BUDGETED = ("senses", "stages", "bedside", "rituals", "governor", "link", "keep")


def _unchanged(text: str, path: str) -> str:
    return text


@dataclass(frozen=True)
class Product:
    """One file of a tree: where it lies in it, and how its source becomes its bytes."""

    path: str
    source: str
    rewrite: Callable[[str, str], str] = _unchanged  # (source text, source path) -> text
    march: str = ""  # what mpy-cross compiles the text for; empty: it stays text


def build(target: str, out: Path | None = None) -> Path:
    """Bring `out`/<target> up to date with the sources and return it (default: ROOT/build).

    Raises BuildError if the target is unknown or a source is refused.
    """
    if target not in TARGETS:
        raise BuildError(f"no target {target}; choose one of {', '.join(TARGETS)}")
    tree = (out or ROOT / "build") / target
    tree.mkdir(parents=True, exist_ok=True)
    with _alone(tree):
        _update(tree, target)
    return tree


def code_bytes(tree: Path) -> dict[str, int]:
    """Bytes of code per room of a board's tree; `words` are the REPL's, `app` is all that has no
    room of its own.
    """
    sizes = dict.fromkeys((*_BUDGETED, "words", "app"), 0)
    for path in tree.rglob("*.mpy"):
        sizes[_room(path.relative_to(tree))] += path.stat().st_size
    sizes["app"] += sum((tree / name).stat().st_size for name in _FIRST if (tree / name).exists())
    return sizes


def _room(path):
    if path.parts[0] == "firmware" and path.parts[1] in _BUDGETED:
        return path.parts[1]
    return "words" if path.parts[0] == "lib" and path.stem.split("_")[0] in _WORDS else "app"


def sources() -> Iterator[PurePosixPath]:
    """The paths of all source files that a tree can hold, from ROOT, in order."""
    for name in _FIRST:
        if (ROOT / name).exists():
            yield PurePosixPath(name)
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield PurePosixPath(path.relative_to(ROOT).as_posix())


@contextmanager
def _alone(tree):
    """One builder at a time for one tree; the system drops the lock if its holder dies."""
    with tree.with_name(f".{tree.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _update(tree, target):
    stamp = tree.with_name(f".{tree.name}.json")
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    tools = _tools()
    texts = {product: _text(product) for product in _products(target)}
    now = {p.path: _digest(tools, p.source, text) for p, text in texts.items()}
    _sweep(tree, now.keys())
    stale = [
        product
        for product in texts
        if before.get(product.path) != now[product.path] or not (tree / product.path).exists()
    ]
    if stale or before != now:
        stamp.unlink(missing_ok=True)
        _make_all(tree, {product: texts[product] for product in stale})
        _write(stamp, json.dumps(now).encode())


def _text(product):
    return Path(ROOT / product.source).read_text()


def _digest(*parts):
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _tools():
    """All that turns sources into products: this package and the compiler."""
    files = [*sorted(_HERE.glob("*.py")), *sorted(Path(boards.__file__).parent.glob("*.py"))]
    return _digest(compiler_version(), *(path.read_text() for path in files))


def _sweep(tree, wanted):
    """Remove what no source stands behind any more."""
    for folder, _, names in os.walk(tree, topdown=False):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(tree).as_posix() not in wanted:
                path.unlink()
        if Path(folder) != tree and not any(Path(folder).iterdir()):
            Path(folder).rmdir()


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
                _write(tree / product.path, job.result())
    if problems:
        raise BuildError("\n".join(problems))


@contextmanager
def _noted(problems):
    """Put a problem with one source aside, so that all are shown together."""
    try:
        yield
    except (BuildError, kernels.RefusedKernel) as error:
        problems.append(str(error))


def _content(product, text, rewritten):
    if not product.march:
        return rewritten.encode()
    try:
        return compiled(rewritten, product.source, product.march)
    except BuildError:
        compiled(text, product.source, product.march)  # a fault in the source is named by its line
        raise


def _write(path, content):
    """Put `content` at `path` in one step: nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)


# -- what each target makes of a source


def _products(target):
    products = [product for path in sources() if (product := _product(target, path))]
    products.append(_pins(target))
    if target == "wasm":
        products.append(Product("lib/words32.py", str(_HERE / "words32.py")))
    return products


def _pins(target):
    """`hw/pins`, which no source file holds: it comes from the file of a board."""
    is_board = target in boards.BOARDS
    source = f"hw/boards/{target if is_board else boards.REFERENCE}.toml"
    path, march = ("hw/pins.mpy", _MARCH) if is_board else ("hw/pins.py", "")
    return Product(path, source, boards.pins_module, march)


def _product(target, path):
    source, mpy = str(path), str(path.with_suffix(".mpy"))
    is_simulator = path.is_relative_to(_SIMULATOR)
    if source in _FIRST:
        return Product(source, source)
    if target in boards.BOARDS:
        return None if is_simulator else Product(mpy, source, march=_MARCH)
    if not path.stem.endswith("_kernels"):
        return Product(source, source)
    if target == "wasm":
        rewrite = kernels.simulator_for_wasm if is_simulator else kernels.for_wasm
        return Product(source, source, rewrite)
    return Product(mpy, source, _unchanged if is_simulator else kernels.for_unix, "x64")
