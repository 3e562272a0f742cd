"""The board files of `hw/boards`, and what `hw/soc` says of their chips: read, not judged."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .roles import CONTROLLERS, ROLES

HW = Path(__file__).parents[3] / "hw"
BOARDS = tuple(sorted(path.stem for path in (HW / "boards").glob("*.toml")))
REFERENCE = "esp32s3_devkitc"


class BoardError(Exception):
    """A board's file cannot be read as one: the message says what is wrong in it."""


@dataclass(frozen=True)
class Claim:
    """Pins that have an owner already, or a habit; `what` tells which."""

    gpios: frozenset[int]
    owner: str
    what: str


@dataclass(frozen=True)
class Soc:
    """What a chip, with its module, gives and keeps."""

    key: str
    name: str
    march: str  # what mpy-cross compiles for
    gpios: frozenset[int]
    input_only: frozenset[int]
    no_pull: frozenset[int]
    controllers: dict[str, int]  # {kind: how many}
    strapping: tuple[Claim, ...]
    restless: tuple[Claim, ...]
    reserved: tuple[Claim, ...]
    flash_mib: int
    psram_mib: int


@dataclass(frozen=True)
class HeaderPin:
    """A pin of a header: its place from the top (1 is first), its print, its GPIO if any."""

    side: str
    place: int
    label: str
    gpio: int | None


@dataclass(frozen=True)
class Regulator:
    """Where the board's 3.3 V come from, and what the board itself draws from it."""

    part: str
    most_ma: int
    least_in_v: float
    board_typical_ma: int
    board_peak_ma: int


@dataclass(frozen=True)
class Board:
    """One board: its pins by role, its controllers by role, its headers."""

    key: str
    name: str
    order: str
    source: str
    module: str
    soc: Soc
    gpio: dict[str, int]
    controllers: dict[str, int]
    external_pull_ups: tuple[str, ...]
    headers: tuple[HeaderPin, ...]
    regulator: Regulator


def load(key: str, hw: Path = HW) -> Board:
    """The board of `hw`/boards/`key`.toml. BoardError if the file does not say all."""
    path = hw / "boards" / f"{key}.toml"
    try:
        table = tomllib.loads(path.read_text())
        chip = tomllib.loads((hw / "soc" / f"{table['soc']}.toml").read_text())
        board = _board(key, table, chip)
    except KeyError as missing:
        raise BoardError(f"{path}: {missing.args[0]} is missing; write it down") from missing
    except (OSError, TypeError, ValueError) as error:
        raise BoardError(f"{path}: {error}") from error
    _expect_all(path, "gpio", board.gpio, ROLES)
    _expect_all(path, "controllers", board.controllers, CONTROLLERS)
    _expect_known(path, "external_pull_ups", board.external_pull_ups, ROLES)
    return board


def gpios(text: str) -> frozenset[int]:
    """The numbers that "0-3, 7" names. ValueError if it names none so."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _expect_all(path, table, found, roles):
    """Nothing left out: the firmware asks for every one of them."""
    _expect_known(path, table, found, roles)
    missing = [role for role in roles if role not in found]
    if missing:
        raise BoardError(f"{path}: {table} has no {', '.join(missing)}; write them down")


def _expect_known(path, table, found, roles):
    strangers = [role for role in found if role not in roles]
    if strangers:
        raise BoardError(f"{path}: {table} has {', '.join(strangers)}, which nothing uses")


def _board(key, table, chip):
    return Board(
        key=key,
        soc=_soc(table["soc"], chip, table["module"], table.get("reserved", [])),
        external_pull_ups=tuple(table.get("external_pull_ups", ())),
        headers=tuple(
            pin for side in ("left", "right") for pin in _header(side, table["headers"][side])
        ),
        regulator=Regulator(**table["regulator"]),
        **{field: table[field] for field in ("name", "order", "source", "module")},
        **{field: _numbers(table[field]) for field in ("gpio", "controllers")},
    )


def _soc(key, chip, module, on_board):
    own = chip["modules"][module]
    reserved = [*chip["reserved"], *own.get("reserved", []), *on_board]
    return Soc(
        key=key,
        name=chip["name"],
        march=chip["march"],
        controllers=_numbers(chip["controllers"]),
        gpios=gpios(chip["gpios"]),
        input_only=_some(chip.get("input_only")),
        no_pull=_some(chip.get("no_pull")),
        strapping=_claims(chip["strapping"], "a strapping pin", "does"),
        restless=_claims(chip.get("restless", []), "the chip's start", "does"),
        reserved=tuple(Claim(gpios(one["gpios"]), one["owner"], one["why"]) for one in reserved),
        flash_mib=own["flash_mib"],
        psram_mib=own["psram_mib"],
    )


def _claims(rows, owner, field):
    return tuple(Claim(gpios(row["gpios"]), owner, row[field]) for row in rows)


def _some(text: str | None) -> frozenset[int]:
    return gpios(text) if text else frozenset()


def _numbers(table: dict[str, Any]) -> dict[str, int]:
    for name, number in table.items():
        if type(number) is not int or number < 0:
            raise ValueError(f"{name} is {number!r}, and no number of a pin or controller")
    return table


def _header(side, text):
    for place, word in enumerate(text.split(), 1):
        label, _, number = word.partition("=")
        number = number or (label if label.isdigit() else "")
        yield HeaderPin(side, place, label, int(number) if number else None)
