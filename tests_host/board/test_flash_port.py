"""Which serial port is taken for a board's, and when a person is asked."""

import pytest
from serial.tools.list_ports_common import ListPortInfo
from sleepsync.flash import FlashError
from sleepsync.flash.ports import find_port


def port(device, vid=None, description="USB"):
    found = ListPortInfo(device, skip_link_detection=True)
    found.vid, found.description = vid, description
    return found


MODEM = port("/dev/ttyS0")
MOUSE = port("/dev/ttyACM7", 0x046D)
BRIDGE = port("/dev/ttyUSB0", 0x10C4, "CP2102N")
OWN = port("/dev/ttyACM0", 0x303A, "USB JTAG")


def never(choices):
    raise AssertionError(choices)


@pytest.mark.parametrize("vid", [0x303A, 0x10C4, 0x1A86, 0x0403])
def test_the_only_board_is_taken_unasked(vid):
    assert find_port(never, [MODEM, port("/dev/ttyUSB3", vid), MOUSE]) == "/dev/ttyUSB3"


def test_of_several_a_person_chooses():
    asked = []

    def ask(choices):
        asked.extend(choices)
        return choices[1]

    assert find_port(ask, [OWN, MODEM, BRIDGE]) == "/dev/ttyUSB0"
    assert asked == [
        "/dev/ttyACM0  Espressif USB, USB JTAG",
        "/dev/ttyUSB0  Silicon Labs CP210x, CP2102N",
    ]


@pytest.mark.parametrize(
    ("ports", "seen"), [([], "no port at all"), ([MODEM, MOUSE], "ttyS0, /dev")]
)
def test_without_a_board_it_says_what_was_seen(ports, seen):
    with pytest.raises(FlashError, match=rf"no board among .*{seen}.*PORT=\.\.\."):
        find_port(never, ports)
