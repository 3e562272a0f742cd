"""The image of `vfs`: what is in it, read by littlefs-python and by the VM that will boot it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from littlefs import LittleFS
from sleepsync import vm
from sleepsync.boards import REFERENCE
from sleepsync.build import SIMULATED, build
from sleepsync.build.slot import packed
from sleepsync.flash import flash_image, flash_map, images, partition_table, vfs_image

TARGETS = (SIMULATED, REFERENCE)
BLOCKS = 256  # 1 MiB of 4 KiB

# A block device in RAM, and every file that the VM's own littlefs finds on it.
RAM = """
import hashlib, json, os, sys, vfs
class Ram:
    def __init__(self, path):
        self.data = bytearray(open(path, "rb").read())
    def readblocks(self, block, buf, offset=0):
        at = block * 4096 + offset
        buf[:] = self.data[at:at + len(buf)]
    def writeblocks(self, block, buf, offset=0):
        at = block * 4096 + offset
        self.data[at:at + len(buf)] = buf
    def ioctl(self, op, arg):
        if op == 6:
            self.data[arg * 4096:(arg + 1) * 4096] = b"\\xff" * 4096
        return {4: len(self.data) // 4096, 5: 4096}.get(op, 0)
ram = Ram(sys.argv[1])
vfs.mount(ram, "/puck")
"""
GROW = """
for i in range(40):
    with open("/puck/a/note", "w") as file:
        file.write("x" * 200 * i)
with open("/puck/boot.py", "a") as file:
    file.write("#")
vfs.umount("/puck")
vfs.mount(ram, "/puck")
"""
LIST = """
def walk(folder):
    for name, kind, *_ in os.ilistdir(folder):
        path = folder + "/" + name
        if kind == 0x4000:
            yield from walk(path)
        else:
            with open(path, "rb") as file:
                yield path[6:], hashlib.sha256(file.read()).digest().hex()
print(json.dumps(dict(walk("/puck"))))
"""
WRITE_AGAIN = """
other = Ram(sys.argv[1])
vfs.VfsLfs2.mkfs(other)
vfs.mount(other, "/other")
os.mkdir("/other/a")
for name in sorted(os.listdir("/puck/a")):
    with open("/puck/a/" + name, "rb") as source, open("/other/a/" + name, "wb") as to:
        to.write(source.read())
def used(place):
    blocks = os.statvfs(place)
    return blocks[2] - blocks[3]
print([used("/puck"), used("/other")])
"""


MOUNT = """
sys.path.append("/puck")
from archive import Archive
vfs.mount(Archive("/puck/a/application.archive"), "/slot")
import firmware.records, fixed_kernels
print(firmware.records.__file__)
"""


def tree_sums(tree):
    files = [path for path in tree.rglob("*") if path.is_file()]
    return {
        path.relative_to(tree).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def run_on(image: bytes, folder: Path, program: str, *path: str) -> str:
    """What `program` prints in a VM that has mounted `image` at /puck and knows only `path`."""
    (folder / "image").write_bytes(image)
    argv, env = vm.command("-c", RAM + program, str(folder / "image"))
    env["MICROPYPATH"] = ":".join([*path, ".frozen"])
    done = subprocess.run(argv, env=env, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_the_vm_reads_what_the_tree_holds(target, tmp_path):
    found = json.loads(run_on(vfs_image(target), tmp_path, LIST))
    assert found == tree_sums(packed(build(target)))
    first = {"archive.py", "trial.py", "boot.py", "main.py"}
    assert found.keys() == {*first, "a/manifest.json", "a/application.archive"}


@pytest.mark.parametrize("target", TARGETS)
def test_littlefs_reads_what_the_tree_holds(target):
    system = LittleFS(mount=False, block_size=4096, block_count=BLOCKS)
    system.context.buffer[:] = vfs_image(target)
    system.mount()
    found = {}
    for folder, _, names in system.walk("/"):
        for name in names:
            path = f"{folder.rstrip('/')}/{name}".lstrip("/")
            with system.open(path, "rb") as file:
                found[path] = hashlib.sha256(file.read()).hexdigest()
    assert found == tree_sums(packed(build(target)))


def test_the_vm_can_write_to_it_and_finds_all_again(tmp_path):
    """A file system that only reads well may still be laid out for another writer."""
    before = json.loads(run_on(vfs_image(), tmp_path, LIST))
    after = json.loads(run_on(vfs_image(), tmp_path, GROW + LIST))
    assert {name for name in after if before.get(name) != after[name]} == {"a/note", "boot.py"}
    assert before.keys() < after.keys()


@pytest.fixture
def sizes(tmp_path):
    """A tree with files of telling sizes: the smallest lie inline in their folder's blocks."""
    tree = tmp_path / "tree"
    (tree / "a").mkdir(parents=True)
    for size in (0, 1, 31, 32, 127, 128, 129, 255, 256, 511, 512, 513, 1023, 4096, 4097, 20_000):
        (tree / "a" / f"{size}").write_bytes(bytes(i & 0xFF for i in range(size)))
    return tree


def test_files_of_every_size_are_read(sizes, tmp_path):
    found = json.loads(run_on(images.file_system(sizes, BLOCKS * 4096), tmp_path, LIST))
    assert found == tree_sums(sizes)


def test_it_is_laid_out_as_the_vm_would_write_it(sizes, tmp_path):
    image = images.file_system(sizes, BLOCKS * 4096)
    ours, its_own = json.loads(run_on(image, tmp_path, WRITE_AGAIN))
    assert ours == its_own


def test_the_blocks_that_it_takes_are_counted(sizes):
    """Two pairs of folder blocks; eight files of one block, one of two, one of five."""
    assert images.bytes_used(sizes, BLOCKS * 4096) == (2 * 2 + 8 + 2 + 5) * 4096


def test_the_firmware_is_imported_from_it(tmp_path):
    simulator = str(Path(vm.program("night")).parent)
    said = run_on(vfs_image(), tmp_path, MOUNT, simulator, "/slot", "/slot/lib")
    assert said.strip() == "/slot/firmware/records.mpy"


def test_every_module_of_it_is_compiled():
    described = json.loads((packed(build(SIMULATED)) / "a/manifest.json").read_text())
    assert {Path(name).suffix for name in described["files"]} == {".mpy"}
    assert not [name for name in described["files"] if "hw/sim" in name]


def test_the_same_sources_give_the_same_bytes(tmp_path):
    """In another process, with another hash seed, from a tree built anew."""
    once = images.file_system(packed(build(SIMULATED, tmp_path)), 1 << 20)
    program = "import hashlib; from sleepsync.flash import vfs_image as v; "
    program += "print(hashlib.sha256(v()).hexdigest())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(once).hexdigest()


def test_a_whole_flash_has_everything_in_its_place():
    image, vfs = flash_image(), flash_map().partitions["vfs"]
    table = partition_table(flash_map())
    assert len(image) == 8 << 20
    assert image[0x8000 : 0x8000 + len(table)] == table
    assert image[vfs.offset : vfs.end] == vfs_image()
    rest = image[:0x8000] + image[0x8000 + len(table) : vfs.offset] + image[vfs.end :]
    assert rest.count(0xFF) == len(rest)
