"""What an owner can ask for, by number: for each the function that answers it."""

from firmware.link import status
from firmware.link.status import Refused

_STATE, _FILES, _UPDATE = "answer_state", "answer_files", "answer_update"

# By the requests' numbers, from 1 on, which are for ever.
_ANSWERS = (
    (_STATE, "state"),
    (_STATE, "settings"),
    (_STATE, "change"),
    (_STATE, "time"),
    (_STATE, "change_time"),
    (_STATE, "scenes"),
    (_STATE, "ask"),
    (_STATE, "consent"),
    (_FILES, "listed"),
    (_FILES, "read"),
    (_FILES, "total"),
    (_FILES, "write"),
    (_FILES, "done"),
    (_FILES, "delete"),
    (_STATE, "bonds"),
    (_STATE, "forget"),
    (_UPDATE, "slots"),
    (_UPDATE, "write"),
    (_UPDATE, "accept"),
    (_UPDATE, "attempt"),
)


def named(code: int):  # noqa: ANN201 (a function)
    """What answers request `code`: a function of puck, link, peer and body. Refused if there is
    none.
    """
    if not 1 <= code <= len(_ANSWERS):
        raise Refused(status.UNKNOWN_REQUEST, "no such request; update the puck, or this app")
    module, name = _ANSWERS[code - 1]
    return getattr(__import__("firmware.link." + module, None, None, ("",)), name)
