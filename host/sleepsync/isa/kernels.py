"""The kernels of one source file as machine code, to be called like functions."""

import ast
from pathlib import Path

from sleepsync.build.compiler import compiled
from sleepsync.isa.memory import Memory
from sleepsync.isa.mpy import Mpy
from sleepsync.isa.qemu import Qemu
from sleepsync.isa.runtime import Runtime
from sleepsync.isa.rv32 import Rv32
from sleepsync.isa.xtensa import Xtensa

Core = Rv32 | Xtensa | Qemu
_CORES: dict[str, type[Core]] = {"rv32imc": Rv32, "xtensawin": Xtensa}
MARCHES = tuple(_CORES)


class Kernels:
    """The compiled viper functions of a source; `instructions` are those of the last call.

    Instructions of the runtime itself are not counted.
    """

    def __init__(
        self,
        source: str,
        name: str = "example_kernels.py",
        march: str = MARCHES[0],
        core: type[Core] | None = None,
    ):
        """`core`: what runs the code; None is the one that watches every load and store."""
        mpy = Mpy(compiled(source, name, march))
        body = ast.parse(source).body
        functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
        self._memory = Memory()
        self._runtime = Runtime(mpy, functions, self._memory)
        self._core: Core = (core or _CORES[march])(
            bytes(self._runtime.code), self._memory, self._runtime
        )
        self._mark = self._memory.mark()

    @classmethod
    def of(cls, path: Path, march: str = MARCHES[0], core: type[Core] | None = None) -> "Kernels":
        """The kernels of a source file."""
        return cls(path.read_text(), path.name, march, core)

    @property
    def functions(self) -> tuple[str, ...]:
        """Their names, in the order of the source."""
        return tuple(self._runtime.entries)

    @property
    def instructions(self) -> int:
        """How many the last call took."""
        return self._core.instructions

    def bytes(self, function: str) -> int:
        """The size of a kernel's code."""
        return self._runtime.sizes[function]

    def call(self, function: str, *arguments) -> object:
        """The result for integers and arrays; arrays are changed in place as on the chip.

        Raises Fault, with the address and the buffer that was missed.
        """
        memory = self._memory
        memory.release(self._mark)
        words, buffers = [], []
        for i, argument in enumerate(arguments):
            if isinstance(argument, int):
                words.append(self._runtime.to_word(argument))
                continue
            name = f"argument {i + 1} of {function}"
            address = memory.place(bytes(argument), name)
            buffers.append((argument, address))
            words.append(self._runtime.to_word((name, address)))
        listed = memory.words(words, f"the arguments of {function}")
        entry = self._runtime.entries[function]
        result = self._core.run(self._runtime.code_of(entry), [entry, len(words), 0, listed])
        for buffer, address in buffers:
            view = memoryview(buffer).cast("B")
            view[:] = memory.read(address, len(view))
        return self._runtime.to_value(result)
