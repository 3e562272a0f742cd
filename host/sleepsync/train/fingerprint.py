"""A name for all code that a trained model depends on, so that figures can tell what they are of.

Comments, docstrings and layout do not count.
"""

import ast
import hashlib

from sleepsync.paths import ROOT

_FILES = (
    "firmware/stages/features.py",
    "firmware/stages/inputs.py",
    "firmware/stages/network.py",
    "firmware/stages/network_kernels.py",
    "firmware/stages/powers.py",
    "firmware/stages/stager.py",
    "firmware/stages/verdict.py",
    "host/sleepsync/train/examples.py",
    "host/sleepsync/train/fitting.py",
    "host/sleepsync/train/fixed.py",
    "host/sleepsync/train/lane.py",
    "host/sleepsync/train/leaning.py",
    "host/sleepsync/train/model.py",
    "host/sleepsync/train/shape.py",
)
_DIGITS = 12


def fingerprint() -> str:
    """Twelve hexadecimal digits."""
    code = "\n".join(_bare((ROOT / name).read_text(encoding="utf-8")) for name in _FILES)
    return hashlib.sha256(code.encode()).hexdigest()[:_DIGITS]


def _bare(source: str) -> str:
    """The code without docstrings, as one line."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            node.body.pop(0)
    return ast.dump(tree)
