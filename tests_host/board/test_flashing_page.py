"""docs/flashing.md says what is true: the flash map, what is written, and each refusal."""

import ast
import re

import pytest
from sleepsync.build import CODE_BYTES_OF_ROOM, ROOT
from sleepsync.flash import flash_map

PAGE = (ROOT / "docs" / "flashing.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
KIB = 1024


def rows(heading):
    """The cells of each row of the first table below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = re.findall(r"^\|(.+)\|$", section, re.MULTILINE)[2:]
    return [[cell.strip() for cell in row.split("|")] for row in table]


def said():
    """All words of the room `flash` and of the ports, formatted values left out."""
    package = ROOT / "host/sleepsync"
    for path in [*(package / "flash").glob("*.py"), package / "ports.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_the_flash_map_is_that_of_the_file():
    shown = rows("Flash map")
    partitions = [row for row in shown if row[2].startswith("0x")]
    assert [row[:4] for row in partitions] == [
        [p.name, f"{p.type}, {p.subtype}", f"{p.offset:#x}", str(p.bytes // KIB)]
        for p in flash_map().partitions.values()
    ]


def test_what_there_is_room_for_is_that_of_the_file():
    which = flash_map()
    lines = [
        f"| vfs | {which.slots} slots of the application, each | {which.slot_bytes // KIB} |",
        f"| vfs | archive.py, boot.py, main.py, trial.py and notes | {which.first_bytes // KIB} |",
        f"| data | {which.nights} nights, each | {which.night_bytes // KIB} |",
        f"| data | clips | {which.clips_bytes // KIB} |",
        f"At least {which.free_percent} % of each file system stays free",
    ]
    assert [line for line in lines if line not in PAGE] == []


@pytest.mark.parametrize("row", rows("Refusals"), ids=lambda row: row[0])
def test_a_refusal_of_the_page_is_one_of_the_code(row):
    assert [text for text in said() if row[0] in text], row[0]


def test_the_variables_are_those_of_the_makefile():
    names = [
        name for row in rows("What is written") for name in re.findall(r"`([A-Z0-9]+)`", row[0])
    ]
    makefile = (ROOT / "Makefile").read_text().split("\nflash:")[1].split("\n\n")[0]
    assert sorted(names) == sorted(
        set(re.findall(r"\$\((?:if \$\()?([A-Z0-9]+)\)", makefile)) - {"BIN", "VENV"}
    )


OF_THEIR_OWN = ("acting", "answers", "boot", "door", "safe", "parting", "update", "words")


def test_the_budgets_of_the_architecture_are_those_of_the_code():
    (row,) = re.findall(r"^\| of it: (.+?) KiB \|", ARCHITECTURE, re.MULTILINE)
    shown = dict(re.findall(r"(\w+)(?: with .+?)? (\d+)(?:, |$)", row))
    assert shown == {
        "application" if room == "app" else room: str(CODE_BYTES_OF_ROOM[room] // KIB)
        for room in CODE_BYTES_OF_ROOM
        if room not in OF_THEIR_OWN
    }
    for room in OF_THEIR_OWN:
        kib = CODE_BYTES_OF_ROOM[room] // KIB
        assert f"| {kib} KiB | `night.code_bytes.{room}` |" in ARCHITECTURE
