"""docs/scores.md: its example is a score, its errors and its four pieces are what is true."""

import re

import pytest
from score_faults import FAULTS, HEAD, PART
from sleepsync.cli import app
from sleepsync.paths import ROOT
from sleepsync.scores import SCORES, packed, parsed, read_score
from sleepsync.scores.command import lines
from typer.testing import CliRunner

PAGE = ROOT / "docs" / "scores.md"


def between(name):
    return re.search(f"<!-- {name}: begin -->\n(.*?)<!-- {name}: end -->", PAGE.read_text(), re.S)[
        1
    ]


def fenced(name):
    return re.search("```\n(.*?)```", between(name), re.S)[1]


def same_or_written(name, table, request):
    if request.config.getoption("--write-docs"):
        marks = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        pattern = re.escape(marks[0]) + ".*?" + re.escape(marks[1])
        text = re.sub(pattern, lambda _: marks[0] + table + marks[1], PAGE.read_text(), flags=re.S)
        PAGE.write_text(text)
    assert between(name) == table


def cell(text):
    return text.replace("|", "\\|")


def test_the_example_is_told_as_the_page_says(tmp_path):
    path = tmp_path / "first.score"
    path.write_text(fenced("example"))
    ended = CliRunner().invoke(app, ["score", str(path)])
    assert (ended.exit_code, ended.output) == (0, fenced("told"))


def test_each_heading_and_sign_of_the_tables_is_read():
    headings = re.findall(r"^\| `(\w+: .+?)` \|", PAGE.read_text(), re.MULTILINE)
    assert len(headings) == 6
    text = "\n".join(headings) + "\npart a: bell\nC4q. D4q. |"
    assert parsed(text).loop == 3


def test_the_table_of_faults(request):
    rows = "".join(
        f"| {cell(seen)} | {cell(remedy)} | {example(text)} |\n" for text, _, seen, remedy in FAULTS
    )
    head = "| what is seen, for example | what to do | as in |\n|---|---|---|\n"
    same_or_written("faults", f"\n{head}{rows}\n", request)


def example(text):
    """The lines that are wrong, without those that only lead to them."""
    own = text.removeprefix(PART).removeprefix(HEAD).strip()
    if len(own) > 60:
        own = own[:40] + " ..."
    return " then ".join(f"`{cell(line)}`" for line in own.splitlines()) or "-"


def test_the_table_of_the_four(request):
    rows = "".join(
        f"| {score.title} | `{path.relative_to(ROOT)}` | {score.metre} | {score.key} | "
        f"{score.bars} | {score.seconds:.0f} s | {score.most_at_once} | {len(packed(score))} |\n"
        for path, score in ((path, read_score(path)) for path in sorted(SCORES.glob("*.score")))
    )
    head = "| piece | file | metre | key | bars | lasts | notes at once | bytes |\n"
    same_or_written("four", f"\n{head}{'|---' * 8}|\n{rows}\n", request)


@pytest.mark.parametrize("path", sorted(SCORES.glob("*.score")), ids=lambda path: path.stem)
def test_the_command_tells_of_ours(path):
    ended = CliRunner().invoke(app, ["score", str(path)])
    assert ended.output.splitlines() == lines(read_score(path))


def test_the_command_tells_all_faults_and_fails(tmp_path):
    path = tmp_path / "wrong.score"
    path.write_text("tempo: 60\nmetre: 3/4\npart a: bell\nC4q [1\n")
    ended = CliRunner().invoke(app, ["score", str(path)])
    assert ended.exit_code == 1
    assert [line.split(": ")[0] for line in ended.stderr.splitlines()] == [
        "wrong.score, line 1, column 1",
        "wrong.score, line 4, column 1",
        "wrong.score, line 4, column 1",
        "wrong.score, line 4, column 5",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    ended = CliRunner().invoke(app, ["score", str(tmp_path / "none.score")])
    assert ended.exit_code == 1
    assert "none.score: No such file" in ended.stderr
