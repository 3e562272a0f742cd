"""Bytes against budgets: what `make build` shows, and where it fails."""

import dataclasses
import shutil

import pytest
from sleepsync.boards import REFERENCE, load
from sleepsync.build import (
    CODE_BYTES,
    CODE_BYTES_OF_ROOM,
    BuildError,
    build,
    code_bytes,
    resident,
    trees,
)
from sleepsync.cli import app
from sleepsync.flash import fill, flash_map
from typer.testing import CliRunner

HARDWARE = (f"hw/boards/{REFERENCE}.toml", f"hw/soc/{load(REFERENCE).soc.key}.toml")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A small repository in place of the real one."""
    root = tmp_path / "repository"
    for name, text in {
        "hw/archive.py": "",
        "boot.py": "",
        "main.py": "",
        "firmware/app.py": "",
        **{name: (trees.ROOT / name).read_text() for name in HARDWARE},
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(trees, "ROOT", root)
    return root


def of(size):
    """A module whose code has about `size` bytes, whatever the compiler shares."""
    return "".join(f"X{i} = b'{i:0>60}'\n" for i in range(size // 60))


def run_build():
    return CliRunner().invoke(app, ["build"])


def by_name(fills):
    return {one.name: one for one in fills}


def test_the_real_build_keeps_every_budget_and_says_so():
    ended = run_build()
    assert ended.exit_code == 0, ended.output
    for name in [
        *(f"code of {room}" for room in CODE_BYTES_OF_ROOM),
        "code, resident",
        "slot on vfs",
    ]:
        assert name in ended.output
    sizes = code_bytes(build(REFERENCE))
    assert f"{sizes['senses']:,}" in ended.output
    assert f"{CODE_BYTES - resident(sizes):,}" in ended.output


def test_a_build_leaves_both_images(repository):
    ended = run_build()
    assert ended.exit_code == 0, ended.output
    built = repository / "build"
    assert (built / f"{REFERENCE}.vfs.bin").stat().st_size == 1 << 20
    assert (built / f"{REFERENCE}.table.bin").read_bytes()[:2] == b"\xaa\x50"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("firmware/senses/a.py", "code of senses"),
        ("firmware/safe.py", "code of safe"),
        ("firmware/plain.py", "code of parting"),
        ("lib/a.py", "code of app"),
        ("lib/puck_a.py", "code of words"),
        ("firmware/puck.py", "code of app"),
        ("firmware/else/a.py", "code of app"),
    ],
)
def test_a_room_past_its_budget_fails_by_name_and_amount(repository, path, name):
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).write_text(of(48_000))
    ended = run_build()
    assert ended.exit_code == 1
    found = by_name(fill.fills(build(REFERENCE), flash_map()))
    assert [one.name for one in found.values() if one.over] == [name]
    said = str(ended.exception)
    assert f"{name}: {found[name].used} bytes, {found[name].over} past the budget" in said
    assert not (repository / "build" / f"{REFERENCE}.vfs.bin").exists()


STARTING = ("hw/archive.py", "boot.py", "main.py")


@pytest.mark.parametrize("empty", [None, *STARTING])
def test_all_that_starts_the_puck_shares_one_budget(repository, empty):
    for path in STARTING:
        (repository / path).write_text("" if path == empty else of(1800))
    assert run_build().exit_code == (0 if empty else 1)


def test_what_does_not_fit_into_vfs_at_all_is_counted_too(tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(build(REFERENCE), tree)
    (tree / "a/firmware/huge.mpy").write_bytes(bytes(1_200_000))
    over = [one.name for one in fill.fills(tree, flash_map()) if one.over]
    assert over == ["code of app", "code, resident", "slot on vfs"]


def test_all_code_together_has_a_budget_too(monkeypatch):
    """Today the rooms' own budgets add up to it, so it is lowered to see it fail."""
    monkeypatch.setattr(fill, "CODE_BYTES", 1000)
    with pytest.raises(
        BuildError, match=r"^code, resident: \d+ bytes, \d+ past the budget of 1000; "
    ):
        fill.check(fill.fills(build(REFERENCE), flash_map()))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"slot_bytes": 4096}, "slot on vfs"),
        ({"first_bytes": 4096}, "vfs beside its slots"),
        ({"slot_bytes": 500_000}, "vfs, its slots full"),
        ({"clips_bytes": 5 << 20}, "data, its nights and clips full"),
        ({"flash_bytes": 4 << 20}, "flash, all partitions"),
    ],
)
def test_every_line_of_the_flash_can_fail(change, name):
    less = dataclasses.replace(flash_map(), **change)
    over = [one.name for one in fill.fills(build(REFERENCE), less) if one.over]
    assert over == [name]


def test_the_budgets_of_the_flash_are_the_map_s():
    found = by_name(fill.fills(build(REFERENCE), flash_map()))
    assert found["slot on vfs"].budget == 320 * 1024
    assert found["vfs beside its slots"].budget == 40 * 1024
    assert found["vfs, its slots full"].budget == flash_map().room(flash_map().partitions["vfs"])


def test_one_byte_is_too_much():
    fill.check([fill.Fill("room", 100, 100, "mend it")])
    with pytest.raises(BuildError, match=r"^room: 101 bytes, 1 past the budget of 100; mend it$"):
        fill.check([fill.Fill("room", 101, 100, "mend it")])


def test_the_files_of_a_slot_share_their_blocks(repository):
    """Twenty of 600 bytes take some three blocks of 4 KiB, and not one each."""
    before = by_name(fill.fills(build(REFERENCE), flash_map()))["slot on vfs"].used
    for i in range(20):
        (repository / f"firmware/a{i}.py").write_text(of(600))
    after = by_name(fill.fills(build(REFERENCE), flash_map()))["slot on vfs"].used
    assert 2 * 4096 <= after - before <= 5 * 4096
