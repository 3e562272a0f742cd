"""The same algorithms in C, compiled for rv32imc and run in the same core, to compare with."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sleepsync.isa.fault import Fault
from sleepsync.isa.find import Kernel
from sleepsync.isa.memory import Memory
from sleepsync.isa.runtime import CODE, signed
from sleepsync.isa.rv32 import Rv32

COMPILER = "riscv64-unknown-elf-gcc"
SOURCES = Path(__file__).parent / "c"
_FLAGS = (
    *("-O2", "-march=rv32imc", "-mabi=ilp32", "-ffreestanding", "-nostdlib", "-Wall", "-Wextra"),
    *("-Werror", "-fno-tree-loop-distribute-patterns"),  # no memcpy behind our back
    *(f"-Wl,-Ttext={CODE:#x}", "-Wl,-e,0", "-Wl,--no-warn-rwx-segments"),
)


class CompilerMissing(FileNotFoundError):
    """The C compiler for rv32imc is not installed."""


def source_of(kernel: Kernel) -> Path:
    """The C file beside a kernel's own: it has a function of the same name."""
    return SOURCES / Path(kernel.path).with_suffix(".c").name


class Peers:
    """The functions of one C file; `instructions` are those of the last call."""

    def __init__(self, source: Path):
        """Raises CompilerMissing with the remedy."""
        code, self._entries = _built(source)
        self._memory = Memory()
        self._core = Rv32(code, self._memory, None)
        self._mark = self._memory.mark()

    @property
    def instructions(self) -> int:
        """How many the last call took."""
        return self._core.instructions

    def call(self, function: str, *arguments) -> int:
        """What is left in a0; arrays are changed in place. Raises Fault."""
        if function not in self._entries:
            raise Fault(f"no function {function} in C")
        memory = self._memory
        memory.release(self._mark)
        words = [
            a if isinstance(a, int) else memory.place(bytes(a), f"argument {i + 1}")
            for i, a in enumerate(arguments)
        ]
        result = self._core.run(self._entries[function], words)
        for argument, address in zip(arguments, words, strict=True):
            if not isinstance(argument, int):
                view = memoryview(argument).cast("B")
                view[:] = memory.read(address, len(view))
        return signed(result)


@cache
def _built(source: Path) -> tuple[bytes, dict[str, int]]:
    """(code, where its functions begin)."""
    if not shutil.which(COMPILER):
        raise CompilerMissing(
            f"{COMPILER} is not installed; kernels are compared with C by it: "
            "apt-get install gcc-riscv64-unknown-elf"
        )
    tools = COMPILER.removesuffix("gcc")
    with tempfile.TemporaryDirectory() as folder:
        program, flat = Path(folder, "peers.elf"), Path(folder, "peers.bin")
        subprocess.run([COMPILER, *_FLAGS, "-o", program, source], check=True)
        subprocess.run([f"{tools}objcopy", "-O", "binary", program, flat], check=True)
        symbols = subprocess.run(
            [f"{tools}nm", program], check=True, capture_output=True, text=True
        ).stdout
        return flat.read_bytes(), _entries(symbols)


def _entries(symbols):
    rows = [line.split() for line in symbols.splitlines()]
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3 and row[1] == "T"}
