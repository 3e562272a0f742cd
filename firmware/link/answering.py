"""How requests' bodies are read, and responses' made: loaded with what answers."""

import json
from struct import calcsize, unpack_from

from firmware.link import status
from firmware.link.status import Refused


def told(what) -> tuple:
    """The pieces of a body in JSON."""
    return (json.dumps(what).encode(),)


def asked(body) -> dict:
    """The object that a body in JSON is. Refused if it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(status.BAD_BODY, "the request's body is no JSON object")
    return found


def whole(number) -> int:
    """The same number. TypeError if it is no integer."""
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError
    return number


def numbers(layout: str, body) -> tuple:
    """What a body begins with, as `struct` has it, and the rest of it. Refused if it is short."""
    size = calcsize(layout)
    if len(body) < size:
        raise Refused(status.BAD_BODY, "the request's body is too short")
    return unpack_from(layout, body) + (body[size:],)


def version(slot: str) -> str:
    """The version of what runs from that slot, as its manifest has it."""
    try:
        with open("/%s/manifest.json" % slot) as file:
            return json.load(file)["version"]
    except OSError:  # frozen into the image, or run from elsewhere
        return "unknown"
