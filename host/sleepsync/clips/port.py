"""A clip onto the puck at a serial port, by mpremote.

It is sent under another name, and gets its own when the puck has read back what was sent: a clip
on the puck is whole, or not there. It must never touch anything but clips. A night that runs ends.
"""

import posixpath
from binascii import crc32
from pathlib import Path

from sleepsync.flash import FlashError
from sleepsync.flash.remote import AGAIN, mpremote

from . import room

FOLDER = "/data/clips"  # hw/storage.py
_PART = ".part"
_LOOK = f"""
import os
from hw import storage
storage.mount()
if "clips" not in os.listdir("/data"):
    os.mkdir("{FOLDER}")
for name, _, _, size in os.ilistdir("{FOLDER}"):
    if name.endswith("{_PART}"):
        os.remove("{FOLDER}/" + name)
    else:
        print(size, name)
"""
_KEEP = """
import os
from binascii import crc32
crc, page = 0, bytearray(4096)
with open("{part}", "rb") as file:
    while count := file.readinto(page):
        crc = crc32(memoryview(page)[:count], crc)
if crc == {crc}:
    os.rename("{part}", "{path}")
print(crc == {crc})
"""


def there(port: str) -> dict[str, int]:
    """{name: bytes} of the clips on the puck, what was left half sent taken away. FlashError."""
    said = mpremote(port, "soft-reset", "exec", _LOOK).splitlines()  # boot.py finds hw
    pairs = (line.split(" ", 1) for line in said if line[:1].isdigit())
    return {name: int(size) for size, name in pairs}


def send(port: str, file: Path, name: str) -> None:
    """Bring `file` onto the puck as clip `name`, and start its firmware again.

    ClipError if it does not fit, FlashError if it does not arrive.
    """
    others = [size for other, size in there(port).items() if other != f"{name}.wav"]
    room.check(name, file.stat().st_size, sum(map(room.flash_bytes, others)))
    path = posixpath.join(FOLDER, f"{name}.wav")
    mpremote(port, "cp", str(file), f":{path}{_PART}")
    words = {"part": path + _PART, "path": path, "crc": crc32(file.read_bytes())}
    is_kept = "True" in mpremote(port, "exec", _KEEP.format(**words)).split()
    mpremote(port, "reset")
    if not is_kept:
        raise FlashError(f"{port}: {name} is not what was sent; {AGAIN}")
