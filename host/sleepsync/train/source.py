"""Writes `firmware/stages/model.py`: the constants of both scores, and how they came about."""

from sleepsync.paths import ROOT
from sleepsync.train.fingerprint import fingerprint
from sleepsync.train.model import Model

PATH = ROOT / "firmware" / "stages" / "model.py"

_HEAD = '''"""The weights of the sleep network: written by `{command}`, never by hand.

Learned from {people}.
{bytes} bytes of weights; trainer {trainer}.

A score is (leaning, lanes); a lane (into, blocks, out); a block (reduce, dilation, ahead,
taps, expand); a dense layer (outputs, shift, weights), as network.py and network_kernels.py
take them. The leaning is 256 log2 of what the odds of wake, light, deep and REM are
multiplied by to choose a stage.
"""
'''


def source(models: list[Model], command: str, people: str) -> str:
    """The file's text: a constant for each model, named after its score."""
    total = sum(model.constant_bytes for model in models)
    head = _HEAD.format(command=command, people=people, bytes=f"{total:,}", trainer=fingerprint())
    parts = [f"{model.shape.score.upper()} = {_tuple(model.in_firmware)}\n" for model in models]
    return "\n".join([head, "# fmt: off", *parts])


def _tuple(value, depth=1) -> str:
    """A nested tuple as Python, a line for each part; weights in hexadecimal."""
    if isinstance(value, bytes):
        return _bytes(value, depth)
    if not isinstance(value, tuple):
        return str(value)
    if all(isinstance(part, int) for part in value):
        return str(value)
    inner = "    " * depth
    parts = "".join(f"{inner}{_tuple(part, depth + 1)},\n" for part in value)
    return f"(\n{parts}{'    ' * (depth - 1)})"


def _bytes(value: bytes, depth: int) -> str:
    """In lines of at most 100 characters."""
    each = (100 - 4 * depth - 5) // 4
    rows = [value[i : i + each] for i in range(0, len(value), each)]
    lines = ['b"' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for row in rows]
    inner = "    " * depth
    return (
        ("(\n" + "".join(f"{inner}{line}\n" for line in lines) + f"{inner[4:]})")
        if len(lines) > 1
        else lines[0]
    )
