"""Notes how many bytes of the puck's heap are alive, an hour of its time after the other.

A line each into `alive.txt` of the night's folder, hour and bytes; a puck that starts again goes
on behind, from hour 1. It looks when all tasks wait, and takes none of the puck's time. What
simulated parts keep lies in the same heap: the flash is left out, and of what a part has shown,
said or done only the newest is kept.
"""

import collector
from chips import drv2605l, max98357a, ws2812
from chips.norflash import SECTOR_BYTES
from clock import clock
from table import table

from hw import pins

_HOUR_US = 3600000000
_SECTOR_BYTES = SECTOR_BYTES + 32  # with the head of its bytearray
_SPOKEN = 16  # stretches of sound: the microphone hears more than the newest


class _Next:
    hour = 1


def watch(folder: str) -> None:
    """From now on."""
    ws2812._MOST_HISTORY = drv2605l._MOST_HISTORY = 1
    max98357a._MOST_RUNS = _SPOKEN
    path = folder + "/alive.txt"
    doze = clock.doze

    def dozed(limit_us):
        if clock.us >= _Next.hour * _HOUR_US:
            _note(path)
        doze(limit_us)

    clock.doze = dozed


def _note(path):
    with open(path, "a") as file:
        file.write("%d %d\n" % (_Next.hour, collector.alive() - _of_flash() - _on_its_way()))
    _Next.hour += 1


def _of_flash():
    return sum([sector is not None for sector in table.flash._sectors]) * _SECTOR_BYTES


def _on_its_way():
    """What I2S has fetched for the amplifier, and not sent: on the chip that is the DMA's."""
    sender = table.i2s[pins.AMPLIFIER_I2S].source
    return len(sender._ring) if sender else 0
