"""`sleepsync puck`: keys in, what is seen out; clients of other processes come in by its air."""

import asyncio
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from bumble.device import Device
from bumble.transport import open_transport
from rich.console import Console
from sleepsync.radio import find
from sleepsync.radio.air import static_address
from sleepsync.radio.command import air_of
from sleepsync.radio.drawn import KEYS, Seen, drawn, places, ring
from sleepsync.radio.hand import GESTURES, LIGHTS

pytestmark = pytest.mark.link

COMMAND = [sys.executable, "-c", "from sleepsync.cli import main; main()", "puck", "--speed", "4"]


@pytest.fixture
def folder(short):
    """A short world that the command takes for the one it would make, with a new puck."""
    (short / "asked.json").write_text('{"night": null, "seed": 1}')
    return short


class Running:
    def __init__(self, process):
        self.process = process
        self.lines = []

    def until(self, pattern, patience_s=40):
        """The first line from now on that matches."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if select.select([self.process.stdout], [], [], 1)[0]:
                line = self.process.stdout.readline().decode().rstrip()
                self.lines.append(line)
                if re.search(pattern, line):
                    return line
        raise AssertionError(f"nothing like {pattern!r} in {self.lines}")

    def press(self, keys):
        self.process.stdin.write(keys)


@contextmanager
def running(folder):
    words = [*COMMAND, "--folder", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, bufsize=0) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def test_keys_are_presses_and_the_console_is_a_line_away(folder):
    with running(folder) as puck:
        puck.until(r"^air: tcp-client:127\.0\.0\.1:\d+$")
        puck.until("^console: found:")
        time.sleep(1)
        puck.press(b"3")
        puck.until("^ring: .*[1-9]")
        puck.press(b":print(6 * 7)\n")
        puck.until("^console: 42$")
        puck.press(b"2")
        puck.until("^ring: [0 ]+$")
        puck.press(b"q")
        puck.until("^console: .*night 1 is written")
        assert puck.process.wait(timeout=30) == 0
    assert air_of(folder) is None


def test_clients_of_other_processes_come_in_by_the_file(folder):
    with running(folder) as puck:
        puck.until("^console: found:")
        asyncio.run(asyncio.wait_for(_meet(air_of(folder)), 30))
        second = subprocess.run([*COMMAND, "--folder", str(folder)], capture_output=True, text=True)
        assert second.returncode == 1
        assert "a puck runs in" in second.stdout
        puck.process.send_signal(signal.SIGINT)
        assert puck.process.wait(timeout=30) == 0
    assert not (folder / "air").exists()


async def _meet(where):
    """Two hosts, each with a controller lent by the command, find each other."""
    async with await open_transport(where) as one, await open_transport(where) as other:
        first = Device.with_hci("first", static_address(7), one.source, one.sink)
        second = Device.with_hci("second", static_address(8), other.source, other.sink)
        await first.power_on()
        await second.power_on()
        first.advertising_data = b"\x06\x09first"
        await first.start_advertising()
        advert = await find(second, "first")
        assert advert.address == static_address(7)
        connection = await second.connect(advert.address)
        await connection.disconnect()


def test_a_terminal_shows_ring_and_keys_and_is_left_as_it_was(folder):
    ours, theirs = pty.openpty()
    words = [*COMMAND, "--folder", str(folder)]
    env = dict(os.environ, TERM="xterm-256color", COLUMNS="120", LINES="40", COLORTERM="truecolor")
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        try:
            shown = _until(ours, b"found:")
            time.sleep(1)
            os.write(ours, b"3")
            shown += _until(ours, "●".encode())
            os.write(ours, b"q")
            shown += _until(ours, b"\x1b[?1049l")  # the screen from before
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            os.close(ours)
    for words in ("three slow ones: pair", "console", "touch  still"):
        assert words in shown.decode(errors="replace")


def _until(terminal, end, patience_s=40):
    shown, deadline = b"", time.monotonic() + patience_s
    while end not in shown:
        assert time.monotonic() < deadline, shown[-3000:]
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65536)
    return shown


def test_every_lamp_has_its_own_place_on_the_circle():
    assert len(set(places())) == LIGHTS
    quarters = [places()[i * LIGHTS // 4] for i in range(4)]
    assert quarters == [(13, 0), (26, 6), (13, 12), (0, 6)]  # the first at the top, clockwise


def test_a_lamp_is_drawn_in_its_colour_and_a_dark_one_is_not_lit():
    colours = bytearray(3 * LIGHTS)
    colours[3:6] = b"\xff\x00\x08"
    text = ring(bytes(colours))
    assert text.plain.count("●") == 1
    assert [str(span.style) for span in text.spans if "rgb" in str(span.style)] == ["rgb(255,0,80)"]


def test_the_screen_tells_every_key():
    console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(drawn(Seen("here", touch=-127, sounds=True, lines=["one"], typed="abc")))
    shown = console.export_text()
    for word in ("here", "▮" * 10, "♪", "one", ": abc_", *(what for _, what in KEYS.values())):
        assert word in shown
    assert {gesture for gesture, _ in KEYS.values()} == set(GESTURES)
