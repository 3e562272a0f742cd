"""A slot's archive: its bytes, what the VM reads out of it, and what becomes of a torn one."""

import hashlib
import json
import re
import shutil
import struct
import subprocess
from binascii import crc32
from pathlib import Path

import pytest
from changed_puck import change, flash
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync import vm
from sleepsync.boards import REFERENCE
from sleepsync.build import SIMULATED, BuildError, build
from sleepsync.build.archive import archive
from sleepsync.build.slot import packed
from sleepsync.simulate import run_puck
from sleepsync.vm import VmError
from whole_puck import lend

NAMES = st.text("abcxyz_", min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/".join(names) + ".mpy")
FILES = st.dictionaries(PATHS, st.binary(max_size=3000), min_size=1, max_size=12)
IS_TORN = r"its archive is (torn|none, or of another version)$"
SMALL = {"lib/a.mpy": b"first", "lib/b.mpy": b"", "firmware/c.mpy": bytes(range(256))}

# What an archive is to the VM: mounted, walked, every file read.
READ = """
import os, vfs
from archive import Archive

def walk(folder):
    for name, kind, _, size in os.ilistdir("/archive" + folder):
        path = folder + "/" + name
        if kind == 0x4000:
            assert os.stat("/archive" + path)[0] == 0x4000
            yield from walk(path)
        else:
            with open("/archive" + path, "rb") as file:
                data = file.read()
            assert os.stat("/archive" + path) == (0x8000, 0, 0, 0, 0, 0, size, 0, 0, 0)
            assert len(data) == size
            yield path[1:], data.hex()

vfs.mount(Archive(path), "/archive", readonly=True)
try:
    result = dict(walk(""))
finally:
    vfs.umount("/archive")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("archives") / "application.archive"


@pytest.fixture(scope="module")
def read(worker, place):
    """{path: content} that the VM finds in an archive of these bytes."""

    def read_bytes(content):
        place.write_bytes(content)
        found = worker.call("snippet:run", READ, {"path": str(place)})
        return {path: bytes.fromhex(data) for path, data in found.items()}

    return read_bytes


def members(content):
    """{path: content} by the layout as docs/flashing.md has it, without any code of ours."""
    magic, crc, length = struct.unpack_from("<4sII", content)
    assert (magic, crc) == (b"SSA1", crc32(content[8:]))
    lines = content[12 : 12 + length].decode().split("\n")
    assert lines[0] == lines[-1] == ""
    rows = [line.split(" ") for line in lines[1:-1]]
    first = 12 + length
    return {path: content[first + int(at) :][: int(size)] for path, at, size in rows}


# -- what is in it


@pytest.mark.parametrize("target", [SIMULATED, REFERENCE])
def test_an_archive_holds_every_file_of_its_slot(target):
    tree = build(target)
    found = members((packed(tree) / "a/application.archive").read_bytes())
    slot = [path for path in (tree / "a").rglob("*.mpy")]
    assert found == {path.relative_to(tree / "a").as_posix(): path.read_bytes() for path in slot}
    assert len(found) > 50


def test_its_manifest_holds_its_own_sum_and_that_of_every_file():
    slot = packed(build(REFERENCE)) / "a"
    content = (slot / "application.archive").read_bytes()
    told = json.loads((slot / "manifest.json").read_text())
    assert told["bytes"] == len(content)
    assert told["archive"] == hashlib.sha256(content).hexdigest()
    assert told["files"] == {
        path: hashlib.sha256(data).hexdigest() for path, data in members(content).items()
    }
    loose = json.loads((build(REFERENCE) / "a/manifest.json").read_text())
    assert loose == {key: value for key, value in told.items() if key not in ("archive", "bytes")}


def test_the_order_in_which_files_are_given_changes_nothing():
    assert archive(SMALL) == archive(dict(reversed(SMALL.items())))


@pytest.mark.parametrize("path", ["a b.mpy", "a\nb.mpy", "ä.mpy", ""])
def test_a_path_that_the_index_cannot_hold_is_refused(path):
    with pytest.raises(BuildError, match="take ASCII without blanks"):
        archive({path: b""})


def test_what_lies_on_flash_follows_the_tree(tmp_path):
    tree = shutil.copytree(build(SIMULATED), tmp_path / "tree")
    (tmp_path / "tree.vfs/a/firmware").mkdir(parents=True)
    (tmp_path / "tree.vfs/a/firmware/app.py").write_text("an import would prefer this")
    on_flash = packed(tree)
    files = {path.relative_to(on_flash).as_posix() for path in on_flash.rglob("*")}
    slot = {"a", "a/manifest.json", "a/application.archive"}
    assert files == {"archive.py", "trial.py", "boot.py", "main.py", *slot}
    times = [path.stat().st_mtime_ns for path in sorted(on_flash.rglob("*.*"))]
    packed(tree)
    assert times == [path.stat().st_mtime_ns for path in sorted(on_flash.rglob("*.*"))]
    (tree / "a/lib/new.mpy").write_bytes(b"new")
    found = members((packed(tree) / "a/application.archive").read_bytes())
    assert found["lib/new.mpy"] == b"new"


# -- what the VM reads


@settings(deadline=None, max_examples=60)
@given(files=FILES)
def test_the_vm_reads_what_was_packed(read, files):
    files = {path: content for path, content in files.items() if is_file(path, files)}
    assert read(archive(files)) == files


def is_file(path, files):
    """Whether no other file lies in it."""
    return not any(other.startswith(path + "/") for other in files)


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_whatever_is_torn_is_refused(read, data):
    """Cut anywhere, one bit flipped anywhere, followed by anything, or all of it something else."""
    whole = archive(SMALL)
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))])
    torn = data.draw(
        st.sampled_from([whole[:at], whole[:at] + bit + whole[at + 1 :]])
        | st.binary(min_size=1, max_size=40).map(lambda more: whole + more)
        | st.binary(max_size=40)
        | st.binary(max_size=40).map(lambda rest: whole[:12] + rest)
    )
    with pytest.raises(VmError, match=IS_TORN):
        read(torn)


def test_every_end_of_an_archive_is_refused(read):
    whole = archive({"a": b"b"})
    for end in range(len(whole)):
        with pytest.raises(VmError, match=IS_TORN):
            read(whole[:end])
    assert read(whole) == {"a": b"b"}


REFUSED = """
import os, vfs
from archive import Archive
vfs.mount(Archive(path), "/archive", readonly=True)
result = []
for act in (
    lambda: open("/archive/lib/none.mpy", "rb"),
    lambda: open("/archive/lib", "rb"),
    lambda: open("/archive", "rb"),
    lambda: os.stat("/archive/li"),
    lambda: os.stat("/archive/lib/a.mpy/b"),
    lambda: os.stat("/archive/lib/a"),
    lambda: open("/archive/lib/a.mpy", "wb"),
    lambda: open("/archive/lib/a.mpy", "ab"),
    lambda: open("/archive/new.mpy", "w"),
):
    try:
        act()
        result.append(0)
    except OSError as error:
        result.append(error.errno)
vfs.umount("/archive")
"""


def test_what_is_not_there_and_what_would_write_is_refused(worker, place):
    place.write_bytes(archive(SMALL))
    assert worker.call("snippet:run", REFUSED, {"path": str(place)}) == [2] * 6 + [30] * 3


SPARING = """
import gc, sys, vfs
from archive import Archive
gc.collect()
before = gc.mem_alloc()
vfs.mount(Archive(sys.argv[1]), "/archive", readonly=True)
gc.collect()
print(gc.mem_alloc() - before)
for i in range(60):
    with open("/archive/lib/%d.mpy" % i, "rb") as file:
        assert file.read() == bytes([i]) * 20000
    del file
gc.collect()
print(gc.mem_alloc() - before)
"""


def test_what_is_read_fits_a_heap_a_tenth_of_the_archive(place, tmp_path):
    """No more than one file at a time, and between them the index alone."""
    content = archive({f"lib/{i}.mpy": bytes([i]) * 20000 for i in range(60)})
    place.write_bytes(content)
    index = int.from_bytes(content[8:12], "little")
    (tmp_path / "sparing.py").write_text(SPARING)
    argv, env = vm.command(str(tmp_path / "sparing.py"), str(place))
    argv[argv.index("-X") + 1] = "heapsize=120k"
    done = subprocess.run(argv, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    held = [int(line) for line in done.stdout.splitlines()]
    assert index < held[0] < index + 600
    assert held[1] < index + 1000


# -- the puck that starts from it

IMPORT_ALL = """
def _modules(folder):
    for name, kind, *_ in os.ilistdir(folder):
        if kind == 0x4000:
            yield from _modules(folder + "/" + name)
        else:
            yield (folder + "/" + name)[len("/application/"):-len(".mpy")]

for _name in _modules("/application"):
    _name = (_name[4:] if _name.startswith("lib/") else _name).replace("/", ".")
    __import__(_name)
    print("imported", sys.modules[_name].__file__)
"""


def test_every_module_is_imported_from_the_archive_of_the_slot(bed):
    change(bed, {"boot.py": ("print(_words(start))", "print(_words(start))" + IMPORT_ALL)})
    said = []
    run_puck(bed, say=said.append)
    imported = [line.split()[1] for line in said if line.startswith("imported ")]
    files = json.loads((packed(build(SIMULATED)) / "a/manifest.json").read_text())["files"]
    assert sorted(imported) == sorted(f"/application/{name}" for name in files)


def cut(share):
    return lambda path: path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def flip(share):
    def turn(path):
        content = bytearray(path.read_bytes())
        content[int(len(content) * share)] ^= 4
        path.write_bytes(content)

    return turn


NAMED = re.compile(r"boot: slot a is broken \(.+\); flash the puck anew$")
TEARS = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut in its head": lambda path: path.write_bytes(path.read_bytes()[:6]),
    "cut in its index": cut(0.01),
    "half written": cut(0.5),
    "short of a byte": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "rotten in its index": flip(0.01),
    "rotten in a file": flip(0.7),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 400),
    "of another version": lambda path: path.write_bytes(b"SSA2" + path.read_bytes()[4:]),
    "a folder": lambda path: path.unlink() or path.mkdir(),
}


def run(folder):
    said = []
    figures = run_puck(folder, say=said.append, restarts=5)
    return said, figures


def puck_with(bed, slots, torn):
    """The files of a puck with these slots, the archive of slot a torn."""
    tree = shutil.copytree(build(SIMULATED), bed / "tree")
    for slot in slots[1:]:
        shutil.copytree(tree / "a", tree / slot)
    on_flash = packed(tree)
    TEARS[torn](on_flash / "a/application.archive")
    flash(bed, on_flash)


@pytest.mark.parametrize("torn", TEARS)
def test_a_torn_archive_is_named_and_the_other_slot_runs(bed, torn):
    puck_with(bed, "ab", torn)
    said, figures = run(bed)
    assert NAMED.match(said[0])
    assert said[1] == "boot 1: power on; slot b"
    assert figures["restarts"] == 0
    assert "night 1 is written" in said


@pytest.fixture(scope="module")
def without_slot(six_minutes, tmp_path_factory):
    """What a puck says and does that has no application."""
    folder = lend(six_minutes, tmp_path_factory.mktemp("none"))
    change(folder, {}, removed=["a/manifest.json"])
    return run(folder)


@pytest.mark.parametrize("torn", TEARS)
def test_a_torn_archive_alone_is_a_slot_that_is_missing(bed, without_slot, torn):
    """But for the line that names it, at each of four starts."""
    puck_with(bed, "a", torn)
    said, figures = run(bed)
    names_it = [line for line in said if NAMED.match(line)]
    assert (said[0], len(names_it)) == (names_it[0], 4)
    assert ([line for line in said if line not in names_it], figures) == without_slot
    assert figures["restarts"] == 3


@pytest.mark.parametrize("text", ["class Archive", "", "1 / 0"])
def test_what_mounts_archives_may_be_torn_itself(bed, text):
    """It is a file like others, and boot.py must not fail of it."""
    tree = shutil.copytree(build(SIMULATED), bed / "tree")
    (tree / "archive.py").write_text(text)
    flash(bed, packed(tree))
    said, _ = run(bed)
    assert NAMED.match(said[0])
    assert "boot 1: power on; slot frozen" in said


def test_an_archive_goes_before_what_lies_loose_beside_it(bed):
    """Else one stray file would hide the whole application."""
    on_flash = packed(shutil.copytree(build(SIMULATED), bed / "tree"))
    (on_flash / "a/firmware").mkdir()
    (on_flash / "a/firmware/app.py").write_text("raise ValueError")
    flash(bed, on_flash)
    said, figures = run(bed)
    assert "night 1 is written" in said
    assert figures["restarts"] == 0
