"""What the build says when it cannot go on: where, what was seen, what to do."""

import ast
from dataclasses import dataclass


class BuildError(Exception):
    """The tree could not be built; the text names file, line and remedy."""


@dataclass(frozen=True)
class Refusal:
    """One line of source that would miscompile, or differ between desktop and chip."""

    path: str
    line: int
    trap: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.trap}; {self.remedy}"


class Trap(Exception):
    """A node of a kernel that cannot be rewritten exactly."""

    def __init__(self, node: ast.expr | ast.stmt, trap: str, remedy: str):
        super().__init__(f"line {node.lineno}: {trap}; {remedy}")
        self.line, self.trap, self.remedy = node.lineno, trap, remedy
