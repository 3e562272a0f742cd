"""The NOR flash, alone and under the VM's own littlefs."""

import pytest

NEW = "from chips.norflash import NorFlash, PowerCut\nflash = NorFlash(64)\n"


def test_programming_only_clears_bits(run_in):
    assert run_in(
        NEW
        + """
flash.writeblocks(3, b"\\xf0\\x0f", 10)
flash.writeblocks(3, b"\\xff\\x03", 10)
buf = bytearray(4)
flash.readblocks(3, buf, 9)
result = list(buf)
"""
    ) == [0xFF, 0xF0, 0x03, 0xFF]


def test_erasing_sets_a_sector_to_ones_and_counts(run_in):
    assert run_in(
        NEW
        + """
flash.writeblocks(3, b"\\x00" * 4096)
flash.ioctl(6, 3)
buf = bytearray(b"\\x00" * 4096)
flash.readblocks(3, buf)
result = [set(buf) == {255}, flash.erases[3], flash.programmed_bytes, flash.operations]
"""
    ) == [True, 1, 4096, 2]


@pytest.mark.parametrize("cut_at", [1, 2])
def test_a_cut_leaves_an_operation_half_done_and_stops_all_later_ones(run_in, cut_at):
    first, second, raised = run_in(
        NEW
        + """
flash.cut_at = cut_at
raised = 0
for block in (1, 2, 3):
    try:
        flash.writeblocks(block, b"\\x00" * 4096)
    except PowerCut:
        raised += 1
def zeros(block):
    buf = bytearray(4096)
    flash.readblocks(block, buf)
    return sum([byte == 0 for byte in buf])
result = [zeros(cut_at), zeros(3), raised]
""",
        cut_at=cut_at,
    )
    assert 0 <= first < 4096
    assert second == 0
    assert raised == 4 - cut_at


def test_littlefs_keeps_files_across_an_image(run_in, tmp_path):
    assert (
        run_in(
            NEW
            + """
import vfs
vfs.VfsLfs2.mkfs(flash)
vfs.mount(flash, "/a")
with open("/a/x", "w") as file:
    file.write("kept")
vfs.umount("/a")
flash.save(path)
other = NorFlash(64)
other.load(path)
vfs.mount(other, "/b")
result = open("/b/x").read()
""",
            path=str(tmp_path / "image"),
        )
        == "kept"
    )


def test_an_append_costs_what_littlefs_makes_of_it(run_in):
    """Every append copies the last block: why the journal writes in batches."""
    single, batched = run_in(
        """
from chips.norflash import NorFlash
import vfs
def cost(pieces, size):
    flash = NorFlash(64)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(flash, "/c")
    flash.programmed_bytes = 0
    for i in range(pieces):
        with open("/c/x", "ab") as file:
            file.write(bytes(size))
    vfs.umount("/c")
    return flash.programmed_bytes
result = [cost(90, 25), cost(10, 225)]
"""
    )
    assert single > 4 * batched
