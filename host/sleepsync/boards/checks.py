"""Why a board cannot be a puck: every reason at once, with its owner and its remedy.

It judges what the files of `hw` say, and nothing else: a fact that is wrong there is wrong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .files import Board
from .roles import ALONE, CONTROLLERS, FLASH_MIB, PSRAM_MIB, ROLES


@dataclass(frozen=True)
class BoardRefusal:
    """`what` (a pin or controller by role, or the module), whom it clashes with, the remedy."""

    what: str
    owner: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}: {self.owner}: {self.why}; {self.remedy}"


def refusals(board: Board) -> list[BoardRefusal]:
    """All reasons against `board`; empty if it can be a puck."""
    found = [*_memory(board)]
    for role, gpio in board.gpio.items():
        found += _pin(board, role, gpio)
    return [*found, *_twice(board), *_controllers(board), *_rmt(board)]


_ANOTHER = "choose another GPIO"


def _memory(board):
    soc = board.soc
    for kind, has_mib, wants_mib in (
        ("flash", soc.flash_mib, FLASH_MIB),
        ("PSRAM", soc.psram_mib, PSRAM_MIB),
    ):
        if has_mib < wants_mib:
            why = f"it has {has_mib} MB of {kind}, and a puck wants {wants_mib}"
            yield BoardRefusal("module", board.module, why, "choose one with more")


def _pin(board: Board, role: str, gpio: int) -> Iterator[BoardRefusal]:
    what, soc = f"{role} on GPIO {gpio}", board.soc
    if gpio not in soc.gpios:
        yield BoardRefusal(what, soc.name, "it has no such GPIO", _ANOTHER)
        return
    if gpio not in {pin.gpio for pin in board.headers}:
        yield BoardRefusal(what, board.name, "no header brings it out", _ANOTHER)
    for claim in (*soc.reserved, *soc.strapping):
        if gpio in claim.gpios:
            yield BoardRefusal(what, claim.owner, claim.what, _ANOTHER)
    yield from _abilities(board, role, gpio, what)


def _abilities(board, role, gpio, what):
    wants, soc = ROLES[role], board.soc
    if wants.drives and gpio in soc.input_only:
        yield BoardRefusal(what, soc.name, "it can only be an input", _ANOTHER)
    if wants.pull_up and gpio in soc.no_pull and role not in board.external_pull_ups:
        remedy = f"{_ANOTHER}, or add a resistor and name {role} in external_pull_ups"
        yield BoardRefusal(what, soc.name, "it has no pull-up of its own", remedy)
    for claim in soc.restless:
        if wants.off and gpio in claim.gpios:
            why = f"it {claim.what}, and {wants.off} must be off then"
            yield BoardRefusal(what, claim.owner, why, _ANOTHER)


def _twice(board):
    first: dict[int, str] = {}
    for role, gpio in board.gpio.items():
        owner = first.setdefault(gpio, role)
        if owner != role:
            what = f"{role} on GPIO {gpio}"
            yield BoardRefusal(what, owner, "one pin cannot be two things", _ANOTHER)


def _controllers(board):
    first: dict[tuple[str, int], str] = {}
    kinds = list(CONTROLLERS.values())
    for role, number in board.controllers.items():
        kind = CONTROLLERS[role]
        what, has = f"{role} on {kind.upper()} {number}", board.soc.controllers[kind]
        owner = first.setdefault((kind, number), role)
        if number >= has:
            wants = kinds.count(kind)
            why = f"it has {has}, numbered from 0, and a puck wants {wants}: {ALONE[kind]}"
            yield BoardRefusal(what, board.soc.name, why, "choose another chip")
        elif owner != role:
            yield BoardRefusal(what, owner, ALONE[kind], f"give it another {kind.upper()}")


def _rmt(board):
    if not board.soc.controllers["rmt"]:
        why = "it has no RMT that sends, by which machine.bitstream makes its pulses"
        yield BoardRefusal("ring_data", board.soc.name, why, "choose another chip")
