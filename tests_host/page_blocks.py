"""Blocks of docs/ that tests write: what stands there is what came of the tests that ran."""

import re

from sleepsync.paths import ROOT


def table(head: tuple, rows: list) -> str:
    """Rows in Markdown, under `head`."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def is_shown(request, page: str, name: str, text: str) -> bool:
    """Whether the block `name` of docs/`page`.md is `text`; with --write-docs it becomes it."""
    path = ROOT / "docs" / f"{page}.md"
    block = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if request.config.getoption("--write-docs"):
        path.write_text(block.sub(lambda found: found[1] + text + found[2], path.read_text()))
    found = block.search(path.read_text())
    return bool(found) and found[0] == f"<!-- {name} -->\n{text}<!-- end -->"
