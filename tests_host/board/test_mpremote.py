"""Real mpremote at a simulated puck's serial port: what a board does there, it does."""

import hashlib
import json
import os
import pty
import random
import re
import select
import shutil
import subprocess
import threading

import pytest
from plugged_in import MPREMOTE, plugged_in
from sleepsync.build import SIMULATED, build
from sleepsync.build.compiler import compiled
from sleepsync.build.slot import packed
from sleepsync.flash import application, flash_map
from sleepsync.logs import follow
from sleepsync.ports import PortError
from sleepsync.world import generate, write_world


@pytest.fixture(scope="module")
def puck(tmp_path_factory):
    """A puck in a short world."""
    folder = tmp_path_factory.mktemp("plugged")
    write_world(generate(3, hours=0.1), folder)
    with plugged_in(folder, folder / "port") as plug:
        yield plug


def test_expressions_and_statements_have_their_exit_codes(puck):
    assert puck.does("eval", "6 * 7") == "42\n"
    assert puck.does("exec", "import sys; print(sys.platform)") == "linux\n"
    failed = puck.mpremote("exec", "raise ValueError(3)")
    assert failed.returncode == 1
    assert "ValueError: 3" in failed.stdout + failed.stderr


def test_files_are_copied_both_ways_and_outlive_a_reset(puck, tmp_path):
    there, back = tmp_path / "there.bin", tmp_path / "back.bin"
    there.write_bytes(random.Random(1).randbytes(9000))
    puck.does("cp", there, ":there.bin")
    puck.does("soft-reset")
    digest = hashlib.sha256(there.read_bytes()).hexdigest()
    assert digest in puck.does("sha256sum", ":there.bin")
    puck.does("cp", ":there.bin", back)
    assert back.read_bytes() == there.read_bytes()
    listed = puck.does("ls")
    assert re.search(r"9000 there\.bin", listed)
    puck.does("rm", ":there.bin")
    assert "there.bin" not in puck.does("ls")


def test_a_folder_is_copied_and_what_is_in_it_imported(puck, tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("X = 7\n")
    (package / "more.py").write_text("Y = 8\n")
    puck.does("cp", "-r", package, ":./")
    assert puck.does("exec", "import package.more as m, package as p; print(p.X, m.Y)") == "7 8\n"


def test_what_is_copied_lies_on_the_puck_s_own_flash(puck, tmp_path):
    (tmp_path / "mark.txt").write_text("here")
    puck.does("cp", tmp_path / "mark.txt", ":mark.txt")
    kind = "import os; print([t for t in os.statvfs('.')][:1], open('mark.txt').read())"
    assert puck.does("exec", kind) == "[4096] here\n"
    seen = puck.does("exec", "import vfs; print(type(simulated.flash).__name__)")
    assert seen == "NorFlash\n"
    before = int(puck.does("eval", "simulated.flash.programmed_bytes"))
    writes = "f = open('mark.txt', 'w'); f.write('x' * 5000); f.close()"
    after = puck.does("resume", "exec", writes, "eval", "simulated.flash.programmed_bytes")
    assert int(after) >= before + 5000


def test_one_can_look_into_the_slot_s_archive(puck, tmp_path):
    """Files come out as the manifest has them, and none goes in."""
    told = json.loads(puck.does("exec", "print(open('/a/manifest.json').read())"))["files"]
    model = puck.does("resume", "sha256sum", ":/application/firmware/stages/model.mpy")
    assert told["firmware/stages/model.mpy"] in model
    puck.does("resume", "cp", "-r", ":/application/hw", tmp_path)
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*/*")
    }
    assert found == {name[3:]: told[name] for name in told if name.startswith("hw/")}
    refused = puck.mpremote("resume", "cp", __file__, ":/application/x.py")
    assert (refused.returncode, "Read-only" in refused.stderr) == (1, True), refused.stderr


def test_the_free_room_is_told_beside_the_archive(puck):
    puck.does("soft-reset")
    assert re.search(r"^<VfsLfs2> +1048576 .*/$", puck.does("resume", "df"), re.MULTILINE)


def test_a_script_is_run_and_a_folder_mounted(puck, tmp_path):
    (tmp_path / "hello.py").write_text("print('hello', 6 * 7)\n")
    (tmp_path / "near.py").write_text("Z = 9\n")
    assert puck.does("run", tmp_path / "hello.py") == "hello 42\n"
    assert "9\n" in puck.does("mount", tmp_path, "exec", "import near; print(near.Z)")


def test_a_soft_reset_forgets_and_runs_boot_alone(puck):
    asks = "exec", "print('x' in globals())"
    assert puck.does("exec", "x = 5", "soft-reset", "resume", *asks) == "False\n"
    assert puck.does("resume", "eval", "'/lib' in __import__('sys').path") == "True\n"
    assert puck.does("resume", "eval", "'firmware.app' in __import__('sys').modules") == "False\n"
    cause = "machine.reset_cause() == machine.SOFT_RESET"
    assert puck.does("resume", "exec", f"import machine; print({cause})") == "True\n"


KNOCK = b"\r", b"puck> "  # what is typed while a puck starts is lost, so Enter is repeated


def session(puck, *steps):
    """What a person sees in `mpremote repl`: (keys, what must follow) one after the other."""
    ours, theirs = pty.openpty()
    words = [MPREMOTE, "connect", str(puck.port), "repl"]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs) as tool:
        os.close(theirs)
        try:
            seen = wait_for(ours, b"exit this shell")
            for keys, follows in steps:
                seen += typed(ours, keys, follows)
            os.write(ours, b"\x1d")
            assert tool.wait(timeout=10) == 0
        finally:
            tool.kill()
    os.close(ours)
    return seen.decode().replace("\r", "")


def typed(terminal, keys, follows):
    """What a terminal shows up to what must follow the keys."""
    if (keys, follows) != KNOCK:
        os.write(terminal, keys)
        return wait_for(terminal, follows)
    seen = b""
    while follows not in seen:
        os.write(terminal, keys)
        while select.select([terminal], [], [], 0.5)[0] and follows not in seen:
            seen += os.read(terminal, 1000)
    return seen


def wait_for(terminal, end):
    """What a terminal shows up to `end`."""
    seen = b""
    while end not in seen:
        assert select.select([terminal], [], [], 20)[0], seen
        seen += os.read(terminal, 1000)
    return seen


def test_a_reset_starts_the_night_at_whose_console_one_types(puck):
    puck.does("reset")
    ask_cause = b"import machine; print(machine.reset_cause() == machine.HARD_RESET)\r"
    seen = session(
        puck,
        KNOCK,
        (b"import machine; machine.reset()\r", b"haptic driver"),
        KNOCK,
        (ask_cause, b"True"),
        (b"import puck; puck.status()\r", b"flash "),
        (b"\x03", b">>> "),
        (b"puck.live()\r", b"no night runs"),
    )
    assert re.search(r"^night +\d+, epoch 0, since 0 min", seen, re.MULTILINE)
    assert "is written" in seen


def test_a_puck_that_runs_from_its_archive_gets_another(puck, tmp_path, monkeypatch):
    """And meanwhile imports from neither."""
    compare, seen = application._compare, []

    def look_and_compare(*words):
        seen.append(puck.does("resume", "exec", "import os; print(os.listdir('/'))"))
        compare(*words)

    monkeypatch.setattr(application, "_compare", look_and_compare)
    tree = shutil.copytree(build(SIMULATED), tmp_path / "tree")
    (tree / "a/lib/marked.mpy").write_bytes(compiled("print('the new one')", "marked.py", "x64"))
    puck.does("exec", "from firmware import records")  # the old one is in use
    application.copy(str(puck.port), packed(tree), flash_map())
    assert ["'application'" in listed for listed in seen] == [False, False]
    shown = session(puck, KNOCK, (b"\x03", b">>> "), (b"import marked\r", b"the new one"))
    assert "is written" in shown  # its night ran before


def test_a_reset_leaves_the_raw_repl(puck):
    puck.does("reset")
    raw = (b"\x01", b"raw REPL"), (b"import machine; machine.reset()\x04", b"haptic driver")
    session(puck, KNOCK, (b"\x03", b">>> "), *raw)


def test_logs_follow_what_is_printed_each_line_with_its_time(puck):
    puck.does("reset")
    lines = []
    logs = follow(str(puck.port))
    listening = threading.Thread(target=lambda: lines.append(next(logs)))
    listening.start()
    while listening.is_alive():
        puck.type(b"\r")
        listening.join(0.2)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  ", lines[0])


def test_logs_of_no_port_name_it(tmp_path):
    with pytest.raises(PortError, match=r"gone.*plugged in"):
        next(follow(str(tmp_path / "gone")))


def test_the_self_test_runs_over_the_port(tmp_path):
    """On a puck of its own, twenty times as fast."""
    write_world(generate(3, hours=0.1), tmp_path)
    with plugged_in(tmp_path, tmp_path / "port", speed=20) as puck:
        words = [MPREMOTE.with_name("sleepsync"), "selftest", "--port", str(puck.port)]
        ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
        cause = puck.does("resume", "exec", "import machine; print(machine.reset_cause())")
    rows = ended.stdout
    assert ended.returncode == 0
    assert cause == "2\n"  # it started the puck anew
    assert re.search(r"^pulse sensor +ok +id 15", rows, re.MULTILINE)
    assert re.search(r"^ring +unasked", rows, re.MULTILINE)
