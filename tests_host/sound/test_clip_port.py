"""A clip over the serial port, onto a simulated puck's own flash, by real mpremote."""

from binascii import crc32

import pytest
from clips_made import clip_of, voice, write
from plugged_in import plugged_in
from sleepsync.cli import app
from sleepsync.clips import ClipError, port, room
from sleepsync.flash import FlashError
from sleepsync.world import generate, write_world
from typer.testing import CliRunner

LISTED = "import os; print(sorted(f[0] for f in os.ilistdir('/data/clips')))"


@pytest.fixture(scope="module")
def puck(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugged")
    write_world(generate(3, hours=0.1), folder)
    with plugged_in(folder, folder / "port") as plug:
        yield plug


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "a.wav"
    path.write_bytes(clip_of(voice(1)).file)
    return path


@pytest.fixture(autouse=True)
def is_awake(puck):
    awake(puck)


def awake(puck):
    """Wait for it."""
    puck.settle()
    puck.does("resume", "eval", "1")


def test_the_command_brings_a_clip_onto_the_puck_and_starts_it_again(puck, tmp_path):
    source = write(tmp_path / "a.wav", voice(1))
    words = ["clip", source, "--name", "grandma", "--out", tmp_path / "b.wav", "--port", puck.port]
    ended = CliRunner().invoke(app, list(map(str, words)))
    assert ended.exit_code == 0, ended.stderr
    assert f"{puck.port}: grandma is there, and was read back." in ended.output
    awake(puck)
    assert list(port.there(str(puck.port))) == ["grandma.wav"]
    puck.does("resume", "cp", ":/data/clips/grandma.wav", tmp_path / "back.wav")
    assert (tmp_path / "back.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_clip_of_the_same_name_is_replaced(puck, file):
    port.send(str(puck.port), file, "again")
    awake(puck)
    port.send(str(puck.port), file, "again")
    awake(puck)
    assert port.there(str(puck.port))["again.wav"] == file.stat().st_size


def test_what_was_left_half_sent_goes(puck):
    puck.does("resume", "exec", "open('/data/clips/x.wav.part', 'w').close()")
    assert "x.wav.part" not in port.there(str(puck.port))
    assert ".part" not in puck.does("resume", "exec", LISTED)


def test_what_does_not_fit_beside_others_is_not_sent(puck, file, monkeypatch):
    taken = sum(map(room.flash_bytes, port.there(str(puck.port)).values()))
    assert taken
    monkeypatch.setattr(room, "all_bytes", lambda: taken + 4096)
    with pytest.raises(ClipError, match=r"4,096 are free .* take another clip off"):
        port.send(str(puck.port), file, "two")
    assert "two.wav" not in port.there(str(puck.port))


def test_what_arrives_changed_gets_no_name(puck, file, monkeypatch):
    """The cable loses a byte: what was there under that name stays."""
    port.send(str(puck.port), file, "kept")
    awake(puck)
    there = port.there(str(puck.port))
    send = port.mpremote

    def lossy(where, *words):
        said = send(where, *words)
        if words[0] == "cp":
            spoil = f"f = open('{words[-1][1:]}', 'r+b'); f.seek(99); f.write(b'x'); f.close()"
            send(where, "exec", spoil)
        return said

    other = file.with_name("other.wav")
    other.write_bytes(clip_of(voice(1, seed=5)).file)
    monkeypatch.setattr(port, "mpremote", lossy)
    with pytest.raises(FlashError, match="kept is not what was sent; look at the cable"):
        port.send(str(puck.port), other, "kept")
    awake(puck)
    assert port.there(str(puck.port)) == there
    digest = "from binascii import crc32; print(crc32(open('/data/clips/kept.wav', 'rb').read()))"
    assert puck.does("resume", "exec", digest) == f"{crc32(file.read_bytes())}\n"


def test_no_puck_at_all(file):
    with pytest.raises(FlashError, match=r"^/dev/ttyNone: mpremote .*look at the cable"):
        port.send("/dev/ttyNone", file, "a")
