"""Which serial port is the board's: exactly one, or a question."""

import pytest
from serial.tools.list_ports_common import ListPortInfo
from sleepsync.ports import VENDORS, PortError, find_port


def port(device, vid, number="A1"):
    """A port as pyserial lists it."""
    info = ListPortInfo(device)
    info.vid, info.serial_number = vid, number
    return info


MODEM = port("/dev/ttyACM7", 0x0E8D)
NO_USB = port("/dev/ttyS0", None)


def test_what_was_asked_for_is_taken_unseen():
    assert find_port("/dev/pts/9", lambda: 1 / 0) == "/dev/pts/9"


@pytest.mark.parametrize("vid", [0x303A, 0x10C4, 0x1A86, 0x0403])
def test_the_one_board_is_found_among_other_devices(vid):
    assert find_port(None, lambda: [NO_USB, port("/dev/ttyUSB3", vid), MODEM]) == "/dev/ttyUSB3"


def test_no_board_is_said_with_the_remedy():
    with pytest.raises(PortError, match=r"no board is plugged in.*PORT="):
        find_port(None, lambda: [NO_USB, MODEM])


def test_several_are_listed_with_what_they_are(monkeypatch):
    both = [port("/dev/ttyUSB1", 0x10C4, None), port("/dev/ttyACM0", 0x303A, "F0F5")]
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: PTH123, SIM115
    with pytest.raises(PortError) as told:
        find_port(None, lambda: both)
    lines = str(told.value).splitlines()
    assert "PORT=" in lines[0]
    assert lines[1:] == [
        f"  1: /dev/ttyACM0  {VENDORS[0x303A]}, serial number F0F5",
        f"  2: /dev/ttyUSB1  {VENDORS[0x10C4]}, serial number unknown",
    ]


def test_a_person_is_asked(monkeypatch, capsys):
    both = [port("/dev/ttyUSB1", 0x10C4), port("/dev/ttyACM0", 0x303A)]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    answers = iter(["3", "2"])  # there is no third: it is asked again
    monkeypatch.setattr("builtins.input", lambda *_: next(answers))
    assert find_port(None, lambda: both) == "/dev/ttyUSB1"
    assert "/dev/ttyACM0" in capsys.readouterr().out
