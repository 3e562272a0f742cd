"""A MicroPython image from a file or over real HTTP, and only with its sum."""

import hashlib
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sleepsync.fetch.origin import Origin
from sleepsync.flash import FlashError, source
from sleepsync.flash.source import read_image

IMAGE = bytes(range(256)) * 900
SHA256 = hashlib.sha256(IMAGE).hexdigest()


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A server with one file, and a cache that is empty: `asked` counts what was asked of it."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            found = self.path == "/firmware/image.bin"
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(IMAGE) if found else 0))
            self.end_headers()
            self.wfile.write(IMAGE if found else b"")

        def log_message(self, *_):
            pass

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(source, "Origin", partial(Origin, pauses_s=()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    server.url = f"http://127.0.0.1:{server.server_port}/firmware/image.bin"
    yield server
    server.shutdown()
    server.server_close()


def read(where, sha256=SHA256, progress=lambda *_: None):
    return read_image(str(where), sha256, progress)


def test_a_file_with_its_sum(tmp_path):
    (tmp_path / "image.bin").write_bytes(IMAGE)
    assert read(tmp_path / "image.bin") == IMAGE
    assert read(tmp_path / "image.bin", f" {SHA256.upper()}\n") == IMAGE


@pytest.mark.parametrize(
    ("sha256", "says"),
    [
        ("", rf"has SHA-256 {SHA256}; compare that with what its source says, then add SHA256="),
        ("0" * 64, rf"has SHA-256 {SHA256}, not 0{{64}}; fetch it again, or correct the sum"),
    ],
)
def test_a_file_without_its_sum_is_refused_and_the_true_one_told(tmp_path, sha256, says):
    (tmp_path / "image.bin").write_bytes(IMAGE)
    with pytest.raises(FlashError, match=says):
        read(tmp_path / "image.bin", sha256)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FlashError, match=r"none.bin cannot be read \(No such file"):
        read(tmp_path / "none.bin")


def test_an_address_is_asked_once(site, tmp_path):
    heard = []
    assert read(site.url, progress=lambda *what: heard.append(what)) == IMAGE
    assert read(site.url) == IMAGE
    assert site.asked == ["/firmware/image.bin"]
    assert heard[-1] == ("image.bin", len(IMAGE), len(IMAGE))
    assert (tmp_path / "cache/sleepsync" / f"{SHA256}.bin").read_bytes() == IMAGE


def test_a_cached_image_that_has_rotted_is_fetched_again(site, tmp_path):
    read(site.url)
    (tmp_path / "cache/sleepsync" / f"{SHA256}.bin").write_bytes(IMAGE[:-1])
    assert read(site.url) == IMAGE
    assert len(site.asked) == 2


@pytest.mark.parametrize("sha256", ["", "abc", SHA256[:-1], SHA256[:-1] + "g"])
def test_an_address_is_not_asked_without_a_sum(site, sha256):
    with pytest.raises(FlashError, match="fetched only with its SHA-256 in hex; add SHA256="):
        read(site.url, sha256)
    assert site.asked == []


def test_an_address_with_another_sum_keeps_nothing(site, tmp_path):
    with pytest.raises(FlashError, match=rf"SHA-256 is {SHA256}, but SHA256 says 1{{64}}; nothing"):
        read(site.url, "1" * 64)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_an_address_that_is_not_there(site):
    with pytest.raises(FlashError, match=r"other\.bin: HTTP 404"):
        read(site.url.replace("image", "other"))


def test_no_network(site):
    with pytest.raises(
        FlashError, match=r"127\.0\.0\.1:9/firmware/image\.bin.*look at the network"
    ):
        read("http://127.0.0.1:9/firmware/image.bin")


@pytest.mark.parametrize("url", ["http://micropython.org/x.bin", "ftp://127.0.0.1/x.bin"])
def test_only_https_is_asked(site, url):
    with pytest.raises(FlashError, match="not an https address"):
        read(url)


def test_a_cache_that_cannot_be_written(site, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(FlashError, match=r"cannot be kept in .*file/sleepsync .*make room"):
        read(site.url)
