"""A schema's refusal, in words: what was seen, and what to do about it."""

import json
from difflib import get_close_matches
from typing import Any

_TYPES = {
    "object": "an object, in { }",
    "array": "a list, in [ ]",
    "string": 'text, in " "',
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_MOST_SHOWN = 60  # characters of what was seen
_CLOSE = 0.6


def told(error: Any) -> list[tuple[str, str]]:
    """[(key, what is wrong and what to do)] of a `jsonschema` error; the key from the entry on."""
    where = path(error.absolute_path)
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [(where, f"{key} is missing; {_wanted(error.schema, key)}") for key in missing]
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        strange = [key for key in error.instance if key not in known]
        return [(dotted(where, key), _no_such_key(key, list(known))) for key in strange]
    return [(where, f"{_shown(error.instance)} {_refused(error.instance, error.schema)}")]


def path(parts: Any) -> str:
    """A place as people write it: `sound[1].hz[0]`."""
    found = ""
    for part in parts:
        found = f"{found}[{part}]" if isinstance(part, int) else dotted(found, part)
    return found


def dotted(place: str, key: str) -> str:
    """The key of an object at a place."""
    return f"{place}.{key}" if place else key


def described(schema: dict[str, Any]) -> str:
    """What a schema allows, in words."""
    if "description" in schema:
        return schema["description"]
    if "anyOf" in schema:
        return ", or ".join(described(each) for each in schema["anyOf"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema:
        return json.dumps(schema["const"])
    words = _TYPES[schema["type"]]
    if "minimum" in schema:
        words += f" from {schema['minimum']:g} to {schema['maximum']:g}"
    if "minItems" in schema:
        words += f" with {schema['minItems']} to {schema['maxItems']} entries"
    if schema["type"] == "array" and "type" in schema["items"]:
        words += f", each {described(schema['items'])}"
    return words


def nearest(word: str, known: list[str]) -> str:
    """A question for whoever mistyped one of the `known`; nothing if none is near."""
    near = get_close_matches(word, known, 1, _CLOSE)
    return f"; did you mean {near[0]}?" if near else ""


def _no_such_key(key, known):
    near = nearest(key, known)
    return f"there is no such key{near or ';'} there are {', '.join(known)}"


def _refused(seen, schema):
    names = [name for each in schema.get("anyOf", [schema]) for name in each.get("enum", ())]
    near = nearest(seen, names) if isinstance(seen, str) else ""
    return f"will not do{near or ';'} it is to be {described(schema)}"


def _wanted(schema, key):
    return f"add it: {described(schema['properties'][key])}"


def _shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 4] + " ..."
