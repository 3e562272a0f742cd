"""A page in a real browser pairs with the firmware, hears the heart and pulls a night.

Chromium's Web Bluetooth speaks to a BlueZ of the test's own; the six digits are asked for by our
own agent, as a desktop's would, and counted off the ring.
"""

import asyncio
import os
import re
import shutil
import threading
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fake_bluez import fake_bluez
from playwright.async_api import async_playwright, expect
from private_bus import VARIABLE, is_here, private_bus
from sleepsync.bench.linked import desk, let_in, typist
from sleepsync.link.agent import agent
from sleepsync.radio import central

pytestmark = pytest.mark.link
PAGE = Path(__file__).parent / "page"
CHROMIUM = shutil.which("chromium")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--enable-features=WebBluetooth",  # Linux has it behind this switch
)
WAIT_MS = 20000
LOST = "no longer in range"
DONE = re.compile(f"bytes|{LOST}")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """The address of a server of this folder; `localhost` is a secure context."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def browser_page(address):
    """A page of Chromium, in which the first device of every chooser is taken."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=SWITCHES, env={**os.environ, "LANG": "C"}
        )
        page = await browser.new_page()
        session = await page.context.new_cdp_session(page)
        await session.send("DeviceAccess.enable")
        taken = set()

        def choose(event):
            if event["devices"] and event["id"] not in taken:
                taken.add(event["id"])
                which = {"id": event["id"], "deviceId": event["devices"][0]["id"]}
                page.chosen = asyncio.ensure_future(
                    session.send("DeviceAccess.selectPrompt", which)
                )

        session.on("DeviceAccess.deviceRequestPrompted", choose)
        await page.goto(address)
        yield page
        await browser.close()


@pytest.fixture
def bus(monkeypatch):
    if not (CHROMIUM and is_here()):
        pytest.skip("chromium or dbus-daemon is not installed: apt-get install chromium dbus")
    with private_bus() as address:
        monkeypatch.setenv(VARIABLE, address)
        yield address


async def pulled(folder, bus):
    """(what the page has pulled, what it shows of the heart)."""
    async with desk(folder) as puck:
        its = await central(puck.air, 7)
        async with fake_bluez(its, bus), agent(typist(puck)):
            with served(PAGE) as address:
                async with browser_page(address) as page:
                    await let_in(puck)
                    await connected(page)
                    await expect(page.locator("#heart")).to_contain_text("/min", timeout=WAIT_MS)
                    night = await page.evaluate("Array.from(window.night)")
                    return bytes(night), await page.inner_text("#heart")


async def connected(page):
    """The night is pulled. At pairing BlueZ learns the puck's identity, by which Chromium 156 loses
    a device whose address was private until then: the page is loaded anew, and it is chosen again.
    """
    night, wrong = page.locator("#night"), page.locator("#wrong")
    await page.click("#choose")
    await expect(night.or_(wrong).filter(has_text=DONE)).to_be_visible(timeout=WAIT_MS)
    if LOST in await wrong.inner_text():
        await page.reload()
        await page.click("#choose")
    await expect(night).to_contain_text("bytes", timeout=WAIT_MS)


def test_a_page_pairs_hears_the_heart_and_pulls_a_night(bus, tmp_path):
    night, heart = asyncio.run(pulled(tmp_path, bus))
    kept = (tmp_path / "puck" / "00001.night").read_bytes()
    assert night and kept.startswith(night)
    assert 30 < int(heart.split()[0]) < 120
