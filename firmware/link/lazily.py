"""What the link loads for its moment: services, the door, and what answers a request.

Code is most of what a heap holds, so all of it is forgotten again. It must never answer half:
whatever goes wrong in between is one of the errors of status.py, told with what mends it.
"""

import sys

from firmware.link import status
from firmware.link.status import Refused

_HERE = "firmware.link."
_ANSWERS = "answers"


def register(ble, puck) -> list:
    """Give the stack the services; the handles of their values."""
    try:
        return _loaded("services").register(ble, puck)
    finally:
        _forget(("services", "answering"))


def door(puck, bonds, refused: tuple):  # noqa: ANN201 (a Door, which is not loaded yet)
    """A new `Door`. ImportError, MemoryError if it cannot be loaded."""
    return _loaded("door").Door(puck, bonds, refused)


def forget_door() -> None:
    """Nobody may pair any more."""
    _forget(("door", "pairing"))


def answer(puck, link, peer) -> tuple:
    """(status, pieces of the body) for what `peer`'s joiner holds."""
    try:
        found = _loaded("answers").named(peer.joiner.code)
        return status.OK, found(puck, link, peer, peer.joiner.body)
    except Refused as refused:
        how, text = refused.args
        return how, (text if isinstance(text, bytes) else text.encode(),)
    except (AttributeError, IndexError, KeyError, TypeError):
        return status.BAD_BODY, (b"the request's body is not what docs/link.md says",)
    except ValueError as error:
        return status.BAD_VALUE, (str(error).encode(),)
    except (ImportError, MemoryError, OSError) as error:
        return status.FAILED, (("the puck could not: %r" % error).encode(),)


def forget_answers() -> None:
    """Nothing is asked any more."""
    _forget(("answers", "answering", "answer_state", "answer_files", "answer_update"))


def _loaded(name):
    return __import__(_HERE + name, None, None, ("",))


def _forget(names):
    for name in names:
        if sys.modules.pop(_HERE + name, None):
            delattr(sys.modules[_HERE[:-1]], name)
