"""The import table of docs/architecture.md is true, and so is what else the plan says of files."""

import ast
import re
import tomllib

import pytest
from sleepsync.paths import ROOT

ROWS = re.findall(
    r"^\| (firmware/\S+) \| (.+) \|$", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE
)
TABLE = {room: [] if what == "-" else what.split(", ") for room, what in ROWS}
SHARED = ("firmware.records", "fixed_kernels")
CHIP_MODULES = {"machine", "neopixel", "bluetooth", "esp32"}
DEVICE = [
    path for where in ("*", "firmware/**/*", "lib/*", "hw/*") for path in ROOT.glob(f"{where}.py")
]


def imported(path):
    """The modules that a file imports; of `from package import module` the module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if is_module(name) else node.module


def is_module(name):
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").exists()


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2])


def test_every_room_has_its_row():
    rooms = {room_of(path) for path in ROOT.glob("firmware/**/*.py")}
    assert rooms == set(TABLE)


@pytest.mark.parametrize("path", [*ROOT.glob("firmware/**/*.py")], ids=lambda p: p.name)
def test_a_room_imports_what_its_row_allows(path):
    room = room_of(path)
    own = room.replace("/", ".").removesuffix(".py")
    allowed = (own, *SHARED, *TABLE[room])
    ours = {name for name in imported(path) if name.split(".")[0] in ("firmware", "hw")}
    ours |= {name for name in imported(path) if (ROOT / "lib" / f"{name}.py").exists()}
    strays = [
        name
        for name in ours
        if not any(name == entry or name.startswith(entry + ".") for entry in allowed)
    ]
    assert strays == []


@pytest.mark.parametrize("path", DEVICE, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_hardware_rooms_touch_the_chip_s_modules(path):
    if room_of(path).split("/")[0] in ("hw", "lib", "boot.py"):
        return
    of_link = {"bluetooth"} if room_of(path) == "firmware/link" else set()
    assert CHIP_MODULES.isdisjoint(set(imported(path)) - of_link)


@pytest.mark.parametrize("path", [*ROOT.glob("lib/*.py")], ids=lambda p: p.name)
def test_a_driver_is_useful_without_the_rest(path):
    rest = [n for n in imported(path) if n.split(".")[0] in ("firmware", "hw")]
    assert rest == (["firmware.app", "firmware.parting"] if path.name == "puck.py" else [])


def test_the_words_load_the_firmware_only_when_they_are_asked():
    at_once = ast.parse((ROOT / "lib" / "puck.py").read_text()).body
    assert not [n for n in at_once if isinstance(n, ast.ImportFrom) and "firmware" in n.module]


def test_chip_models_do_not_know_the_firmware():
    for path in ROOT.glob("hw/sim/chips/*.py"):
        assert not [n for n in imported(path) if n.split(".")[0] in ("firmware", "hw")], path


def test_what_decides_holds_no_float():
    """True for constants; a division `/` would make one, too."""
    for path in ROOT.glob("firmware/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not isinstance(node, ast.Div), path


def test_main_stays_short():
    assert len((ROOT / "main.py").read_text().splitlines()) <= 60


def test_nothing_unplanned_lies_at_the_top():
    planned = {
        *("README.md", "Makefile", "boot.py", "main.py"),
        *("firmware", "lib", "hw", "tests_host"),
        *(
            "host",
            "docs",
            "pyproject.toml",
            "requirements.lock",
            "LICENSE",
            "build",
            "listen",
            "nights",
        ),
    }
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - planned == set()


def test_functions_are_short():
    """None over 50 lines but kernels, which have no cheap calls; nine of ten within 25."""
    lengths = []
    for path in [*DEVICE, *ROOT.glob("hw/sim/**/*.py"), *ROOT.glob("host/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                lengths.append(length)
                assert length <= 50 or path.stem.endswith("_kernels"), (path, node.name)
    lengths.sort()
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_every_pinned_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked = re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / "requirements.lock").read_text(), re.M)
    for requirement in asked:
        name, _, version = requirement.partition("==")
        assert [v for n, v in locked if n == name and version in ("", v)], requirement


def test_no_two_tests_have_one_name():
    """pytest would collect the first alone: areas are folders, not packages."""
    names = [path.name for path in ROOT.glob("tests_host/**/test_*.py")]
    assert [name for name in set(names) if names.count(name) > 1] == []
