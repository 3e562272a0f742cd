"""The trees that VMs run: what lies in them, when they are made anew, what is refused."""

import hashlib
import json
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sleepsync.boards import REFERENCE, load
from sleepsync.build import SIMULATED, BuildError, build, code_bytes, lint, trees
from sleepsync.build.compiler import compiled
from sleepsync.build.files import alone

_SOURCES = {str(path): (trees.ROOT / path).read_text() for path in trees.sources()}
_FIRST = ("archive.py", "boot.py", "main.py")
_PROJECT = trees.ROOT / "pyproject.toml"
_ON_THE_CHIP = [path for path in _SOURCES if not path.startswith("hw/sim")]
_VIPER = "import micropython\nfrom micropython import const\n\n\n@micropython.viper\n"

_SCENE = (trees.ROOT / "firmware/scenes/lamp.json").read_text()  # it has the number 1

_BOARD = [f"hw/boards/{REFERENCE}.toml", f"hw/soc/{load(REFERENCE).soc.key}.toml"]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A small repository in place of the real one, and where it is built to."""
    root = tmp_path / "repository"
    files = {
        "hw/archive.py": "",
        "boot.py": "import main\n",
        "main.py": "",
        "firmware/app.py": "X = 1\n",
        "firmware/scenes/glow.json": _SCENE,
        "firmware/senses/pulse_kernels.py": _VIPER + "def f(a: int) -> int:\n    return a + 1\n",
        "lib/chip.py": "Y = 2\n",
        "hw/board.py": "Z = 3\n",
        "hw/sim/machine.py": "",
        "hw/sim/chips/wave_kernels.py": _VIPER + "def g(a: int) -> int:\n    return a << 40\n",
        "hw/wiring.md": "",
        **{path: (trees.ROOT / path).read_text() for path in _BOARD},
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(trees, "ROOT", root)
    return root


def _files(tree):
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


def _times(tree):
    return {name: (tree / name).stat().st_mtime_ns for name in _files(tree)}


# -- what lies in a tree


def test_unix_tree(repository):
    assert _files(build("unix")) == {
        "archive.py",
        "boot.py",
        "main.py",
        "firmware/app.py",
        "firmware/bedside/scene_lanes.py",
        "firmware/bedside/scene_names.py",
        "firmware/bedside/scene_rows.py",
        "firmware/senses/pulse_kernels.mpy",
        "lib/chip.py",
        "hw/board.py",
        "hw/pins.py",
        "hw/sim/machine.py",
        "hw/sim/chips/wave_kernels.mpy",
    }


def test_a_board_s_tree(repository):
    assert _files(build(REFERENCE)) == {
        "archive.py",
        "boot.py",
        "main.py",
        "a/manifest.json",
        "a/firmware/app.mpy",
        "a/firmware/bedside/scene_lanes.mpy",
        "a/firmware/bedside/scene_names.mpy",
        "a/firmware/bedside/scene_rows.mpy",
        "a/firmware/senses/pulse_kernels.mpy",
        "a/lib/chip.mpy",
        "a/hw/board.mpy",
        "a/hw/pins.mpy",
    }


def test_the_simulated_puck_s_tree_is_a_board_s_compiled_for_the_desktop(repository):
    tree, other = build(SIMULATED), build(REFERENCE)
    assert _files(tree) == _files(other)
    kernel = "a/firmware/senses/pulse_kernels.mpy"
    x64, xtensawin = (root.joinpath(kernel).read_bytes() for root in (tree, other))
    assert (x64[2] >> 2, xtensawin[2] >> 2) == (2, 10)  # MP_NATIVE_ARCH_* of py/persistentcode.h
    assert b"meter" in x64 and b"meter" not in xtensawin


def test_scenes_follow_their_files(repository):
    names = build("unix") / "firmware/bedside/scene_names.py"
    assert "'none,glow'" in names.read_text()
    (repository / "firmware/scenes/glow.json").rename(repository / "firmware/scenes/dim_glow.json")
    build("unix")
    assert "'none,dim glow'" in names.read_text()


def test_a_manifest_holds_the_sum_of_every_file_of_its_slot(repository):
    tree = build(REFERENCE)
    manifest = json.loads((tree / "a/manifest.json").read_text())
    files = {name.removeprefix("a/") for name in _files(tree)}
    assert set(manifest["files"]) == files - {*_FIRST, "manifest.json"}
    for name, sha256 in manifest["files"].items():
        assert sha256 == hashlib.sha256((tree / "a" / name).read_bytes()).hexdigest()
    assert manifest["board"] == REFERENCE
    assert manifest["version"] == tomllib.loads(_PROJECT.read_text())["project"]["version"]


def test_a_manifest_follows_what_it_describes(repository):
    described = build(REFERENCE) / "a/manifest.json"
    before = described.read_bytes()
    (repository / "lib/chip.py").write_text("Y = 5\n")
    build(REFERENCE)
    after = described.read_bytes()
    assert before != after
    times = _times(described.parent)
    build(REFERENCE)
    assert _times(described.parent) == times
    described.unlink()
    build(REFERENCE)
    assert described.read_bytes() == after


def test_wasm_tree(repository):
    tree = build("wasm")
    assert {path.suffix for path in tree.rglob("*.*")} == {".py"}
    assert (tree / "lib/words32.py").exists()
    kernel = (tree / "firmware/senses/pulse_kernels.py").read_text()
    assert "viper" not in kernel
    assert "int32(a + 1)" in kernel
    assert "int64(a << 40)" in (tree / "hw/sim/chips/wave_kernels.py").read_text()


def test_code_bytes_are_all_bytes(repository):
    tree = build(REFERENCE)
    rooms = code_bytes(tree)
    code = map(tree.joinpath, _files(tree) - {"a/manifest.json", *_FIRST})
    started = sum(len(compiled((tree / n).read_text(), n, "xtensawin")) for n in _FIRST)
    assert sum(rooms.values()) == started + sum(path.stat().st_size for path in code)
    assert rooms["boot"] == started
    assert rooms["senses"] == (tree / "a/firmware/senses/pulse_kernels.mpy").stat().st_size
    assert rooms["stages"] == 0


def test_unknown_target(repository):
    with pytest.raises(BuildError, match="choose one of unix"):
        build("esp8266")


# -- when it is made anew


def test_only_what_changed_is_built(repository):
    tree = build("unix")
    before = _times(tree)
    (repository / "lib/chip.py").write_text("Y = 5\n")
    after = _times(build("unix"))
    assert {name for name in before if before[name] != after[name]} == {"lib/chip.py"}
    assert (tree / "lib/chip.py").read_text() == "Y = 5\n"


def test_stale_and_lost_files(repository):
    tree = build("unix")
    (tree / "firmware/senses/pulse_kernels.py").write_text("an import would prefer this")
    (repository / "lib/chip.py").unlink()
    (tree / "main.py").unlink()
    build("unix")
    assert not (tree / "firmware/senses/pulse_kernels.py").exists()
    assert not (tree / "lib").exists()
    assert (tree / "main.py").exists()


def test_new_build_code_builds_all(repository, monkeypatch):
    before = _times(build("unix"))
    monkeypatch.setattr(trees, "_tools", lambda: "another version")
    after = _times(build("unix"))
    assert all(before[name] != after[name] for name in before)


def test_refused_source_is_refused_again(repository):
    kernel = repository / "firmware/senses/pulse_kernels.py"
    build("unix")
    kernel.write_text(_VIPER + "def f(a: int) -> int:\n    return -a\n")
    for _ in range(2):
        with pytest.raises(BuildError, match=r"pulse_kernels.py:7: unary .* write 0 - x"):
            build("unix")
    kernel.write_text(_VIPER + "def f(a: int) -> int:\n    return 0 - a\n")
    build("unix")


def test_compiler_errors_name_file_and_line(repository):
    (repository / "lib/chip.py").write_text("Y = 5\n\nreturn Y\n")
    with pytest.raises(
        BuildError, match=r"lib/chip.py:3: mpy-cross for xtensawin says SyntaxError"
    ):
        build(REFERENCE)


def test_nothing_to_do_is_quick():
    build("unix")
    took_s = []
    for _ in range(5):
        started = time.perf_counter()
        build("unix")
        took_s.append(time.perf_counter() - started)
    assert min(took_s) < 0.05


def test_one_builder_at_a_time(repository, tmp_path):
    tree = build("unix", tmp_path)
    with ThreadPoolExecutor() as pool:
        with alone(tree):
            waiting = pool.submit(build, "unix", tmp_path)
            time.sleep(0.2)
            assert not waiting.done()
        assert waiting.result(timeout=10) == tree


# -- the real sources


@pytest.mark.parametrize("march", ["xtensawin", "rv32imc"])
def test_every_file_cross_compiles(march):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: compiled(_SOURCES[path], path, march), _ON_THE_CHIP))
    assert _ON_THE_CHIP


def test_no_source_is_refused():
    assert [str(r) for path, text in _SOURCES.items() for r in lint.refused(text, path)] == []


# -- what is refused

_TRAPS = {
    "b = -a": "unary operator",
    "b = ~a": "unary operator",
    "b = +a": "unary operator",
    "b = a & 0x40000000": "literal 0x40000000",
    "b = a - 0x40000001": "literal 0x40000001",
    "b = a & (1 << 31)": "literal 0x80000000",
    "b = a & _WIDE": "literal 0x50000000",
    "b = a << a": "shift by anything but",
    "b = a >> 32": "shift by anything but",
    "b = a << -1": "shift by anything but",
    "b = a >> (a & 32)": "shift by anything but",
    "b = a << (a & 31) + 1": "shift by anything but",
    "b = a >> (a & 31) - 1": "shift by anything but",
    "a >>= p[0]": "shift by anything but",
    "b = a // a": "// or % by anything but",
    "b = a % 0": "// or % by anything but",
    "b = a // -3": "// or % by anything but",
    "a //= 0": "// or % by anything but",
    "b = uint(a) // 3": "of a uint does not exist",
    "b = a / 2": "do not exist",
    "b = a ** 2": "do not exist",
    "b = int(not a)": "`not` does not exist",
    "b = abs(a) + 1": "object where viper needs an integer",
    "b = a + min(a, 2)": "object where viper needs an integer",
    "b = max(a, 2)": "a local that holds an object",
    "b = len(TABLE) + 1": "object where viper needs an integer",
    "b = a + TABLE": "object where viper needs an integer",
    "b = int(g(x=a))": "keyword or starred arguments",
    "b = int(other(a))": "call of other",
    "b = int(a.b)": "attribute in a kernel",
    "b = 1.5": "float constant",
    "b = 'x'": "str constant",
    "b = (a, a)": "tuple in a kernel",
    "b = 1 < a < 3": "chained comparison",
    "b = a and a": "and/or as a value",
    "b = int(uint(a) < 3)": "comparison of int and uint",
    "b = p[-1]": "negative index",
    "b = int(p)": "a pointer as a number",
    "b = int(len(p))": "a pointer as an object",
    "b = a[0]": "index into int",
    "p[int(g(a))] += 1": "a call in the index of an update",
    "b = c = 1": "two targets",
    "b, c = 1, 2": "assignment to anything but",
    "a = uint(a)": "a is int, not uint",
    "return uint(a)": "returns uint, not int",
    "for i in range(0, a, 2): pass": "for over anything but",
    "for i in range(uint(a)): pass": "range over a uint",
    "while a: pass\n    else: pass": "else after a loop",
    "if TABLE: pass": "an object as a condition",
    "raise ValueError": "`raise` in a kernel",
    "assert a": "`assert` in a kernel",
    "b: int = 1": "`annassign` in a kernel",
    "nonlocal b": "`nonlocal` in a kernel",
}
_HEAD = _VIPER.replace("@", "_WIDE = const(0x50000000)\nTABLE = 1\n\n\n@", 1)
_FUNCTION = "def g(a: int, p: ptr32) -> int:\n"


@pytest.mark.parametrize("line", _TRAPS)
def test_traps_are_refused(line):
    source = f"{_HEAD}{_FUNCTION}    {line}\n    return 1\n"
    refusals = lint.refused(source, "firmware/example_kernels.py")
    assert [r.line for r in refusals] == [11]
    assert _TRAPS[line] in refusals[0].trap
    assert refusals[0].remedy


_OUTSIDE = {
    "def f(a: int = 1) -> int:\n    return a": "default, starred or keyword",
    "def f(*a) -> int:\n    return 1": "default, starred or keyword",
    "def f(a: ptr) -> int:\n    return 1": "argument of type ptr",
    "def f(a: int) -> ptr8:\n    return a": "a result that is no word",
}


@pytest.mark.parametrize("function", _OUTSIDE)
def test_signatures_are_refused(function):
    refusals = lint.refused(f"{_VIPER}{function}\n", "lib/example_kernels.py")
    assert [_OUTSIDE[function] in r.trap for r in refusals] == [True]


def test_several_refusals_in_one_go():
    source = f"{_VIPER}{_FUNCTION}    b = -a\n    c = a >> a\n    return b\n"
    assert [r.line for r in lint.refused(source, "lib/x_kernels.py")] == [7, 8]


def test_machine_code_only_in_kernel_files():
    viper = f"{_VIPER}def f(a: int) -> int:\n    return a\n"
    assert lint.refused(viper, "lib/x_kernels.py") == []
    assert "@viper in this file" in lint.refused(viper, "lib/x.py")[0].trap
    native = viper.replace("viper", "native")
    assert "@native in this file" in lint.refused(native, "lib/x_kernels.py")[0].trap


def test_hidden_viper_is_refused():
    inner = "".join(f"    {line}\n" for line in ("@micropython.viper", "def f(): pass"))
    refusals = lint.refused(f"import micropython\nclass A:\n{inner}", "lib/x_kernels.py")
    assert "inside another block" in refusals[0].trap


def test_floats_in_plain_functions_of_kernel_files():
    source = "def f(a):\n    return a * 0.5\n"
    assert lint.refused(source, "lib/x.py") == []
    assert "float 0.5" in lint.refused(source, "lib/x_kernels.py")[0].trap


def test_simulator_kernels_may_use_wide_words():
    source = f"{_VIPER}{_FUNCTION}    return a & 0xFFFFFFFF\n"
    assert lint.refused(source, "hw/sim/x_kernels.py") == []
    wrong = source.replace("a & 0xFFFFFFFF", "-a")
    assert "miscompiles" in lint.refused(wrong, "hw/sim/x_kernels.py")[0].trap


def test_ordinary_forms_are_not_refused():
    body = [
        "b = -5 * a // _D % 3",
        "b = int(min(a, 3)) + int(len(TABLE)) + int(TABLE) - int(a < 2)",
        "b = a >> (b & 31) << (int(uint(a) & uint(7)))",
        "b = a if a > 0 and b < 3 or a == 1 else 0 - a",
        "for i in range(2, a):",
        "    p[i] ^= int(uint(a) >> 31)",
        "    if b & 1:",
        "        continue",
        "    while True:",
        "        break",
        "return b",
    ]
    head = _HEAD.replace("TABLE", "_D = const(3)\nTABLE", 1)
    source = head + _FUNCTION + "".join(f"    {line}\n" for line in body)
    assert lint.refused(source, "lib/x_kernels.py") == []
    for march in ("x64", "xtensawin", "rv32imc"):
        assert compiled(source, "x_kernels.py", march)
