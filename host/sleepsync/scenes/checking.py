"""Checks the files of scenes: all that is wrong with all of them, at once.

It must never let a scene pass that the puck could not play.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from . import rules, schema, wording
from .errors import SceneError
from .files import SCENES
from .scene import Scene, compiled, named


@dataclass(frozen=True)
class Mistake:
    """`key`: where, as `sound[1].voice`; empty: of the whole file. `what`: seen, and to be done."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.file, self.key, self.what)))


def checked(files: Mapping[str, str]) -> list[Scene]:
    """Every scene of the puck, by number, of {path: text}. SceneError with all that is wrong."""
    told, mistakes = _read({path: files[path] for path in files if path.startswith(SCENES)})
    mistakes = mistakes or [Mistake(*wrong) for wrong in rules.of_all(told)]
    return sorted(_compiled(told, files, mistakes), key=lambda scene: scene.number)


def checked_alone(path: str, text: str, files: Mapping[str, str]) -> Scene:
    """The scene of one file, wherever it lies; `files`: what it may name. SceneError likewise."""
    told, mistakes = _read({path: text})
    return _compiled(told, files, mistakes)[0]


def _read(texts):
    """({path: what it tells} of those that are right by themselves, mistakes of the others)."""
    told, mistakes = {}, []
    for path, text in texts.items():
        try:
            one = json.loads(text, object_pairs_hook=_no_key_twice)
            found = list(_wrong(one))
        except ValueError as error:
            found = [("", _not_json(error))]
        mistakes += [Mistake(path, key, what) for key, what in found]
        if not found:
            told[path] = one
    return told, mistakes


def _compiled(told, files, mistakes):
    scenes = []
    for path, one in told.items():
        try:
            scenes.append(compiled(named(path), one, files))
        except ValueError as error:
            mistakes.append(Mistake(path, "", str(error)))
    if mistakes:
        raise SceneError("\n".join(map(str, mistakes)))
    return scenes


def _wrong(told: Any) -> Iterator[tuple[str, str]]:
    """(key, what is wrong): of the schemas, or if they are obeyed, of the rules."""
    found = [*_against(schema.FRAME, told, "")]
    for place, lane, entry in rules.entries(told) if isinstance(told, dict) else ():
        if isinstance(entry, dict):
            found += _against(schema.of_entry(lane, entry), entry, place)
    yield from found or rules.of_one(told)


def _against(what, told, place):
    errors = Draft202012Validator(what).iter_errors(told)
    found = [wrong for error in errors for wrong in wording.told(error)]
    for key, words in dict.fromkeys(found):
        yield place + ("." if place and key and key[0] != "[" else "") + key, words


def _no_key_twice(pairs):
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"{key} stands twice in one place; leave one of them out")
    return dict(pairs)


def _not_json(error):
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}; it is to be JSON"
    return str(error)
