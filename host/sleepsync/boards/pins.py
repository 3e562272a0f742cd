"""Writes `hw/pins.py`, which a board's firmware imports, from the board's file."""

import tomllib

_HEAD = '''"""{name}: numbers of pins and controllers, written by the build from {path}."""

from micropython import const

NAME = "{name}"
'''


def pins_module(text: str, path: str) -> str:
    """The source of `hw/pins.py` for the board whose file `path` holds `text`."""
    board = tomllib.loads(text)
    gpio = board["gpio"]
    pulled = tuple(gpio[role] for role in board.get("external_pull_ups", ()))
    lines = [
        f"{name.upper()} = const({number})"
        for table in (gpio, board["controllers"])
        for name, number in table.items()
    ]
    lines.append(f"EXTERNAL_PULL_UPS = {pulled!r}  # GPIOs with a resistor of their own")
    return _HEAD.format(name=board["name"], path=path) + "\n".join(lines) + "\n"
