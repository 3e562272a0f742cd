"""The firmware's heap, counted in two VMs over a recorded stretch of a night.

The 32-bit VM's objects are as large as the chip's; the kernels are plain Python there, so what
they allocate is left out. `in_use_bytes` is what is alive after a collection: the
puck with all its rooms, without code, scheduler and simulator.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from sleepsync.build import build
from sleepsync.paths import ROOT
from sleepsync.simulate import run_puck
from sleepsync.vm import VmError, lines
from sleepsync.world import generate, write_world

_RUNNER = ROOT / "host" / "vm32" / "run.mjs"
_HEAP_BYTES = 2_000_000  # the VM's, simulator included
_HOURS = 0.25


def heap(blocks: int, seed: int = 1) -> tuple[dict[str, int], dict[str, int]]:
    """({blocks, allocated_bytes, worst_block_bytes, in_use_bytes} in the 32-bit VM, the same
    in the desktop's VM) over at most `blocks` FIFO blocks. VmError if a VM fails.
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
    tree = build("wasm")
    folders = ":".join(map(str, (tree / "hw" / "sim", tree, tree / "lib", recording)))
    argv = ["node", str(_RUNNER), str(_HEAP_BYTES), folders, "heap.py", "/3/bus.bin", str(blocks)]
    ended = subprocess.run(argv, capture_output=True, text=True)
    if ended.returncode:
        raise VmError(f"the 32-bit VM failed (is it installed? make setup):\n{ended.stdout}")
    return json.loads(ended.stdout.splitlines()[-1])
