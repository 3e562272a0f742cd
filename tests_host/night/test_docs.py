"""The pages say what is true: links, commands, figures, paths, constants, the journal's layout."""

import ast
import re

import pytest
from sleepsync.build import CODE_BYTES_OF_ROOM
from sleepsync.cli import app
from sleepsync.evaluate.outcome import KINDS
from sleepsync.isa import MARCHES
from sleepsync.isa.find import firmware_kernels
from sleepsync.paths import ROOT, records
from sleepsync.pulse.disturbed import AMBIENTS, NOISES
from sleepsync.pulse.recordings import SETS
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_night
from sleepsync.train.shape import SHAPES
from sleepsync.world import LIBRARY, generate
from typer.main import get_command

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "hw").rglob("*.md")),
]
ROOMS = ("firmware", "lib", "hw", "host", "tests_host", "docs")
SOURCES = [
    path
    for room in ("firmware", "lib", "hw", "host/sleepsync")
    for path in sorted((ROOT / room).rglob("*.py"))
]
CODE = re.compile(r"```.*?```|`[^`\n]+`|^ {4}[^\n]+$", re.DOTALL | re.MULTILINE)
BENCH_NAME = re.compile(
    r"(?<![\w/.])(?:night|world|board|staging|pulse|rituals|sound|link|faults)\.(?!py\b|json\b|png\b|bin\b|raw\b)[a-z0-9_.]*[a-z0-9_]"
)

_KERNELS = [kernel.name.replace("_kernels:", ".") for kernel in firmware_kernels()]
_PULSES = (*SETS, "own", *map(str, AMBIENTS), *NOISES)
_FIGURES_OF = (*_KERNELS, *LIBRARY, *CODE_BYTES_OF_ROOM, *MARCHES, *SHAPES, *KINDS, *_PULSES)


def code_of(page):
    """What stands in fences, between backticks or indented."""
    return [found.strip("`\n") for found in CODE.findall(page.read_text())]


def found_in_code(pattern):
    """(page's name, match) of each match in the code of any page."""
    for page in PAGES:
        for code in code_of(page):
            yield from ((page.name, match) for match in re.findall(pattern, code, re.MULTILINE))


def unknown(pattern, known):
    return [(page, name) for page, name in found_in_code(pattern) if name not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text()
    targets = re.findall(r'\]\(([^)#\s]+)|(?:src|srcset|href)="([^"#]+)', text)
    targets = [one or other for one, other in targets]
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z][a-z0-9-]*):", makefile, re.MULTILINE)
    assert unknown(r"(?:^|\s)make ([a-z][\w-]*)", targets) == []


def test_commands_exist():
    assert unknown(r"(?:^|[\s/])sleepsync ([a-z][\w-]*)", get_command(app).commands) == []


def bench_names():
    """A pattern of the names of all figures; a placeholder may be a number of classes, a word
    of their file or of `_FIGURES_OF`, or both."""
    return "|".join(names_in(path) for path in sorted((ROOT / "host/sleepsync/bench").glob("*.py")))


def names_in(path):
    tree = ast.parse(path.read_text())
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    words = [s for s in strings if isinstance(s, str) and re.fullmatch(r"[a-z0-9_]+", s)]
    word = "(?:" + "|".join(sorted({*words, *_FIGURES_OF}, reverse=True)) + ")"
    any_word = rf"(?:\d|{word}\d?(?:\.{word})?)"
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = [call.args[0] for call in calls if ast.unparse(call.func) == "Figure"]
    return "|".join(pattern_of(name, any_word) for name in names) or "(?!)"


def pattern_of(name, any_word):
    parts = name.values if isinstance(name, ast.JoinedStr) else [name]
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else any_word for part in parts
    )


def test_bench_names_exist():
    names = bench_names()
    quoted = list(found_in_code(BENCH_NAME.pattern))
    assert quoted
    assert [name for _, name in quoted if not re.fullmatch(names, name)] == []


def test_paths_exist():
    pattern = rf"^((?:{'|'.join(ROOMS)})/[\w./-]+)$"
    assert [path for _, path in found_in_code(pattern) if not (ROOT / path).exists()] == []


def constants():
    """{name: values} of every constant that a module assigns."""
    found = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            match node:
                case ast.Assign([ast.Name(name)], value):
                    found.setdefault(name, set()).add(number(value))
    return found


def number(node):
    """The value of an integer expression of literals, inside const() or not; None of any other."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "const":
        node = node.args[0]
    parts = [part for part in ast.walk(node) if isinstance(part, ast.expr)]
    if all(isinstance(part, ast.BinOp | ast.Constant) for part in parts):
        value = eval(ast.unparse(node))
        return value if isinstance(value, int) else None
    return None


def values_quoted():
    """(name, value) of each `NAME = number` on a page."""
    quotes = found_in_code(r"^(_?[A-Z][A-Z0-9_]+ = [0-9]+)$")
    return [(name, int(value)) for name, value in (quote.split(" = ") for _, quote in quotes)]


def test_quoted_constants_have_their_values():
    known = constants()
    quoted = values_quoted()
    assert quoted
    assert [(name, value) for name, value in quoted if value not in known.get(name, ())] == []


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """The journal of six minutes on the simulated puck."""
    folder = tmp_path_factory.mktemp("night")
    run_night(generate(3, hours=0.1), folder)
    return journals(folder)[-1]


def example(path):
    """The epochs that the lines in docs/journal.md read from `path`."""
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/journal.md").read_text(), re.DOTALL)
    names = {"path": path}
    exec(block, names)
    return names["epochs"], names["scores"]


def test_the_journal_can_be_read_from_its_page(journal):
    found = read_journal(journal)
    epochs, scores = ([tuple(row) for row in found.of(kind)] for kind in READ)
    assert len(epochs) == len(scores) >= 10
    assert example(journal) == (epochs, scores)


READ = (records.EPOCH, records.SCORE)


def seal_again(record):
    """`record` with its CRC made anew."""
    body = bytes(record[: -records.CRC_BYTES])
    return body + records.checksum(body).to_bytes(2, "little")


@pytest.mark.parametrize(("forge", "says"), [(False, "damage"), (True, "broken seal")])
def test_the_page_s_reader_refuses_a_changed_epoch(journal, tmp_path, forge, says):
    data = bytearray(journal.read_bytes())
    at = data.index(bytes((records.EPOCH.type, records.EPOCH.length)))
    end = at + records.EPOCH.bytes
    data[end - 3] ^= 1
    if forge:
        data[at:end] = seal_again(data[at:end])
    changed = tmp_path / "changed.night"
    changed.write_bytes(data)
    with pytest.raises(AssertionError, match=says):
        example(changed)


def test_the_page_s_table_of_records_is_that_of_the_code():
    text = (ROOT / "docs/journal.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (\d+).*? \| (.*) \|$", text, re.MULTILINE)
    assert f" {records.SCORE.each_bytes} for each further epoch |" in text
    assert [(int(type_), name, int(size)) for type_, name, size, _ in rows] == [
        (layout.type, layout.tuple.__name__, layout.bytes) for layout in records.LAYOUTS[1:]
    ]
    for layout, (*_, payload) in zip(records.LAYOUTS[1:], rows, strict=True):
        assert re.findall(r"(\w+)(?: [ui]\d+|, 12 bytes)", payload) == list(layout.tuple._fields)
