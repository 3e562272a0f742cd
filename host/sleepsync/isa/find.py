"""Finds every kernel of the firmware: no list, so none can be forgotten."""

import ast
from dataclasses import dataclass

from sleepsync.build.kernels import is_viper
from sleepsync.paths import ROOT

_WHERE = ("firmware", "lib")


@dataclass(frozen=True, order=True)
class Kernel:
    """`path` from the root of the repository; `module` as the VM imports it."""

    path: str
    function: str

    @property
    def module(self) -> str:
        """Dotted; drivers are on the path by themselves."""
        return self.path.removesuffix(".py").removeprefix("lib/").replace("/", ".")

    @property
    def name(self) -> str:
        """File and function: "network_kernels:dense"."""
        return f"{self.module.rpartition('.')[2]}:{self.function}"


def firmware_kernels() -> list[Kernel]:
    """All viper functions under firmware/ and lib/, by path and name."""
    return sorted(
        Kernel(str(path.relative_to(ROOT)), node.name)
        for where in _WHERE
        for path in (ROOT / where).rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and is_viper(node)
    )
