"""What the firmware does with each pin and controller that a board's file names.

It says again what `hw/board.py` and the drivers do, so that a board can be checked without
running them; a test watches them do it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """One pin's job. Pull-ups are the chip's own, wanted unless the board has a resistor."""

    drives: bool = False
    pull_up: bool = False
    off: str = ""  # what a low level holds off: nothing else may raise this pin, ever


_BUS = Role(drives=True, pull_up=True)
_OUT = Role(drives=True)

ROLES = {
    "pod_scl": _BUS,
    "pod_sda": _BUS,
    "pulse_interrupt": Role(pull_up=True),
    "motion_interrupt": Role(),
    "bedside_scl": _BUS,
    "bedside_sda": _BUS,
    "haptic_enable": Role(drives=True, off="the haptic driver"),
    "button": Role(pull_up=True),
    "ring_data": _OUT,
    "ring_supply": Role(drives=True, off="the light ring"),
    "microphone_sck": _OUT,
    "microphone_ws": _OUT,
    "microphone_sd": Role(),
    "amplifier_sck": _OUT,
    "amplifier_ws": _OUT,
    "amplifier_sd": _OUT,
    "amplifier_shutdown": Role(drives=True, off="the amplifier"),
}

# Which kind of controller each needs; two of a kind never share one.
CONTROLLERS = {
    "pod_bus": "i2c",
    "bedside_bus": "i2c",
    "microphone_i2s": "i2s",
    "amplifier_i2s": "i2s",
    "watchdog_timer": "timer",
}

# What sharing would cost, in the words of a refusal.
ALONE = {
    "i2c": "a torn lead of the pod would take alarm and clock with it",
    "i2s": "one controller has one clock and one handler: no sound could be heard beside a "
    "sound that is made",
    "timer": "MicroPython has one timer a number, so the second would stop the first",
}

FLASH_MIB = 8  # two application slots, the nights and their sounds
PSRAM_MIB = 2  # code (160 KiB) and data (96 KiB) of a night leave a chip without it no heap
