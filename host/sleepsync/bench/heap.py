"""The firmware's heap, counted in two VMs over a recorded stretch of a night.

The 32-bit VM's objects are as large as the chip's; the kernels are plain Python there, so what
they allocate is left out. `in_use_bytes` is what is alive after a collection: the
puck with all its rooms, without code, scheduler and simulator; `link_bytes` beside it, once
as many owners are connected as may be.
"""

import json
import tempfile
from pathlib import Path

from sleepsync.simulate import run_puck
from sleepsync.vm import lines, lines_in_32_bits
from sleepsync.world import generate, write_world

_HOURS = 0.25


def heap(blocks: int, seed: int = 1) -> tuple[dict[str, int], dict[str, int]]:
    """({blocks, allocated_bytes, worst_block_bytes, in_use_bytes, link_bytes} in the 32-bit VM, the
    same in the desktop's VM) over at most `blocks` FIFO blocks. VmError if a VM fails.
    """
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        folder = Path(name)
        write_world(generate(seed, _HOURS), folder)
        run_puck(folder, taps="bus")
        recording = folder / "recording"
        recording.mkdir()
        (folder / "bus.bin").rename(recording / "bus.bin")
        return _in_32_bits(recording, blocks), _on_the_desktop(recording, blocks)


def _on_the_desktop(recording: Path, blocks: int) -> dict[str, int]:
    *_, last = lines("heap", str(recording / "bus.bin"), str(blocks))
    return json.loads(last)


def _in_32_bits(recording: Path, blocks: int) -> dict[str, int]:
    *_, last = lines_in_32_bits("heap.py", "/3/bus.bin", str(blocks), folders=(recording,))
    return json.loads(last)
