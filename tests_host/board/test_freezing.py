"""hw/manifest.py freezes every module of a board's tree, under the name it is imported by."""

from pathlib import Path

import pytest
from sleepsync.boards import REFERENCE
from sleepsync.build import ROOT, build, trees


class Options:
    """`options` of tools/manifestfile.py: what include() was given, else the defaults."""

    def __init__(self, **given):
        self._given = given

    def defaults(self, **defaults):
        self._given = defaults | self._given

    def __getattr__(self, name):
        return self._given[name]


class Recorder:
    """freeze() and include() as tools/manifestfile.py defines them; `frozen`: {name: file}."""

    def __init__(self):
        self.frozen, self.included = {}, []

    def freeze(self, path, script=None):
        base = Path(path)
        files = [script] if isinstance(script, str) else script
        found = [base / file for file in files] if files else [base]
        for place in found:
            assert place.exists(), f"Cannot stat {place}"
            for file in [place] if place.is_file() else place.rglob("*.*"):
                if file.suffix in (".py", ".mpy"):
                    self.frozen[file.relative_to(base).as_posix()] = file.resolve()

    def run(self, **given):
        names = {"options": Options(**given), "freeze": self.freeze}
        exec((ROOT / "hw" / "manifest.py").read_text(), names | {"include": self.included.append})
        return self


@pytest.fixture
def beside_the_manifest(monkeypatch):
    """manifestfile.py runs a manifest in the manifest's own folder."""
    monkeypatch.chdir(ROOT / "hw")


def test_every_module_is_frozen_under_its_name(beside_the_manifest):
    tree = build(REFERENCE)
    frozen = Recorder().run().frozen
    files = {path.resolve() for path in tree.rglob("*") if path.suffix in (".py", ".mpy")}
    assert set(frozen.values()) == files
    assert {
        "archive.py",
        "trial.py",
        "boot.py",
        "main.py",
        "firmware/app.mpy",
        "max30102.mpy",
        "hw/pins.mpy",
    } <= set(frozen)
    assert not [name for name in frozen if name.startswith(("a/", "lib/"))]


def test_it_takes_the_board_that_is_asked_for(beside_the_manifest):
    with pytest.raises(AssertionError, match="build/toaster"):
        Recorder().run(board="toaster")


def test_the_port_s_own_modules_stay_in(beside_the_manifest):
    assert Recorder().run().included == ["$(PORT_DIR)/boards/manifest.py"]


def test_it_is_no_module_of_the_puck():
    assert "hw/manifest.py" not in map(str, trees.sources())
