"""From the lines of a score to its words, each with its place. It must never judge a word."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .faults import Place

_COMMENT = re.compile(r"(^|\s)#.*")  # a # within a word is a sharp
_HEADING = re.compile(r"\s*([a-z]{2,}|[A-Z][a-z]+)\s*:(?!\|)\s*(.*)")
_PART = re.compile(r"\s*part\b\s*(.*)")
_MUSIC = re.compile(r":\|x\d*|:\|:?|\|{1,2}:|\|\||\||\[[\d,]*|\(3|\)|[^\s|\[():]+|\S")


class Token(NamedTuple):
    """A word and where it stands."""

    text: str
    place: Place


class Line(NamedTuple):
    """`kind`: heading (its name and value), part (what it says) or music (its words)."""

    kind: str
    tokens: list[Token]


def lines_of(text: str) -> Iterator[Line]:
    """Every line that says something."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw)
        if not line.strip():
            continue
        if part := _PART.fullmatch(line):
            yield Line("part", [_token(part, 1, number)])
        elif heading := _HEADING.fullmatch(line):
            yield Line("heading", [_token(heading, 1, number), _token(heading, 2, number)])
        else:
            yield Line("music", [_token(word, 0, number) for word in _MUSIC.finditer(line)])


def _token(match, group, line):
    return Token(match[group].strip(), Place(line, match.start(group) + 1))
