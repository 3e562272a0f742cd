"""Back to parts: everything personal is gone, whatever interrupts it, and a lamp is left."""

import re
import shutil

import numpy as np
import pytest
from changed_puck import flash
from page_blocks import is_shown, table
from sleepsync.bench import parted
from sleepsync.bench.parted import MARKERS, everything
from sleepsync.build import SIMULATED, build
from sleepsync.build.slot import packed
from sleepsync.cli import app
from sleepsync.emitted import measure
from sleepsync.emitted.files import read_emitted
from sleepsync.flash import FlashError, flash_map
from sleepsync.flash.flash_map import TABLE_OFFSET
from sleepsync.parting import found, fragments
from sleepsync.parting.command import dismantle
from sleepsync.parting.exporting import export
from sleepsync.parting.proof import left
from sleepsync.simulate import run_puck
from sleepsync.vm import VmError
from sleepsync.world import generate, write_world
from typer.testing import CliRunner

LOUDEST_CDB = 9200  # what the governor reckons with where it has not heard itself
ERASE = ["5:import puck", "6:puck.dismantle('erase')"]
DATA = "parting: data: 1280 of 1280 blocks of 4 KiB are blank"
NVS = "parting: nvs: 6 of 6 blocks of 4 KiB are blank"
GONE = "parting: nothing personal is left; this is a plain lamp from now on"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The folder of a puck that is full of markers. Nobody writes here."""
    folder = tmp_path_factory.mktemp("full")
    write_world(generate(3, hours=0.1), folder)
    parted.plant(folder)
    return folder


@pytest.fixture
def bed(full, tmp_path):
    """A folder of a test's own in that world, with no puck in it."""
    for path in full.iterdir():
        if path.name != "puck":
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "puck").mkdir()
    return tmp_path


@pytest.fixture
def puck(full, bed):
    """A puck of a test's own, full of markers."""
    for path in (full / "puck").glob("*.bin"):
        shutil.copy(path, bed / "puck")
    return bed


def run(folder, **options):
    """(what was printed, figures)."""
    said = []
    figures = run_puck(folder, say=said.append, **({"restarts": 3} | options))
    return said, figures


def test_every_marker_is_there_before_and_none_after(puck, request):
    image = everything(puck)
    before = found(MARKERS, image)
    assert min(before.values()) > 0, before
    said, figures = run(puck, type=ERASE, until_us=90_000_000)
    after = found(MARKERS, everything(puck))
    assert set(after.values()) == {0}
    assert figures["restarts"] == 2
    assert [line for line in said if line in (DATA, NVS, GONE)] == [DATA, NVS, GONE]
    assert said[-2].startswith("plain lamp: ")
    pieces = fragments(image[: flash_map().flash_bytes])
    assert len(pieces) > 50
    assert left(pieces, image) == len(pieces)
    assert left(pieces, everything(puck)) == 0
    rows = [(name, "found", after[name]) for name in MARKERS]
    rows.append(("every piece of 32 bytes of nights and settings", "found", 0))
    assert is_shown(request, "reliability", "parting", table(("planted", "before", "after"), rows))


# -- what interrupts it


def test_a_power_cut_at_any_time_only_delays_it(puck):
    """Some here, each in what the one before has left; `make bench AREA=faults` tries them all."""
    with pytest.raises(VmError, match="started anew by itself"):
        run(puck, type=ERASE, restarts=0)
    for cut_at in (4, 3, 1, 2, 6):
        assert run(puck, cut_at=cut_at)[1]["ended"] == "cut"
    said, _ = run(puck, until_us=90_000_000)
    assert [line for line in said if line in (DATA, NVS, GONE)] == [DATA, NVS, GONE]
    assert set(found(MARKERS, everything(puck)).values()) == {0}


def test_bad_starts_do_not_keep_it_from_going_on(puck):
    """Where a puck would be in safe mode, one that is to forget goes on forgetting."""
    with pytest.raises(VmError, match="started anew by itself"):
        run(puck, type=ERASE, restarts=0)
    parted.spoil(puck)
    said, _ = run(puck, until_us=60_000_000)
    assert "safe mode" in said[0]
    assert GONE in said


def lamp_in(bed, flag="plain"):
    """A puck in whose flash the flag says so."""
    tree = bed / "tree"
    shutil.copytree(packed(build(SIMULATED)), tree)
    (tree / "parts").write_text(flag)
    flash(bed, tree)
    return bed


@pytest.mark.parametrize("flag", ["", "plai", "erasing"])
def test_a_flag_that_does_not_say_plain_goes_on_erasing(bed, flag):
    said, _ = run(lamp_in(bed, flag), until_us=30_000_000)
    assert GONE in said


def test_without_a_partition_of_nights_they_are_overwritten_and_no_proof_is_claimed(bed):
    lamp_in(bed, "erasing")
    with (bed / "puck" / "flash.bin").open("r+b") as file:
        file.seek(TABLE_OFFSET + 32 * list(flash_map().partitions).index("data") + 12)
        file.write(b"xxxx")  # its label
    said, _ = run(bed, until_us=900_000_000)
    assert NVS in said and GONE not in said
    assert any("cannot be proven" in line for line in said)


# -- the plain lamp


def test_a_plain_lamp_gives_light_and_music_by_the_button_within_the_limits(bed):
    """On, off, music, off, on, off for good, nothing, and on again after a hold."""
    presses = ["10:100", "30:100", "40:2500", "60:100", "61:100", "70:100", "70.3:100", "80:100"]
    said, _ = run(lamp_in(bed), press=[*presses, "85:7000", "95:100"], until_us=100_000_000)
    emitted = read_emitted(bed / "emitted")
    is_lit = emitted.grb.any(axis=(1, 2))
    turns = np.flatnonzero(np.diff(np.concatenate(([0], is_lit))))
    moments_s = [10, 30, 62, 70, 96, 100]
    assert [round(us / 1e6 - 0.5) for us in emitted.light_us[turns]] == [
        pytest.approx(moment, abs=1) for moment in moments_s
    ]
    figures = measure(bed / "emitted", LOUDEST_CDB).figures
    assert 0.5 < figures["light_photopic_lx"] <= 1
    assert 25 < figures["sound_leq_dba"] <= 35
    assert sum(line.startswith("ledger: Act(") for line in said) == 4
    assert [line[-6:] for line in said if "Refusal(" in line] == ["why=1)"]


def test_a_plain_lamp_learns_nothing_and_touches_nothing(bed):
    """Neither by the button nor by who types; and its flash keeps nothing but starts."""
    lines = ["5:import puck", "6:puck.set('early', 20)", "7:puck.alarm('07:00')"]
    said, figures = run(lamp_in(bed), type=lines, until_us=60_000_000)
    refused = "RuntimeError: this is a plain lamp; puck.begin_again() makes it a puck"
    assert said.count(refused) == 2
    assert figures["flash_operations"] <= 12  # its start is counted, and has gone well
    assert figures["flash_erases"] == 0
    assert not list((bed / "puck").glob("*.night"))


def test_a_plain_lamp_can_become_a_puck_again(bed):
    lines = ["5:import puck", "6:puck.begin_again()"]
    said, figures = run(lamp_in(bed), type=lines, until_us=60_000_000)
    assert figures["restarts"] == 1
    assert "journal: night 1, epoch 0" in said


@pytest.mark.parametrize("line", ["puck.dismantle()", "puck.dismantle('ersae')"])
def test_nothing_is_erased_before_the_word_for_it_is_typed(puck, line):
    said, figures = run(puck, type=["5:import puck", "6:" + line], until_us=60_000_000)
    assert figures["restarts"] == 0
    assert any("sleepsync dismantle" in one for one in said)
    assert found(MARKERS, everything(puck))["clip"] > 0


def test_what_is_no_lamp_does_not_begin_again(puck):
    said, figures = run(puck, type=["5:import puck", "6:puck.begin_again()"], until_us=20_000_000)
    assert figures["restarts"] == 0
    assert any(line.startswith("this is no plain lamp") for line in said)


# -- the command


def test_the_command_takes_nights_along_erases_and_proves(puck, tmp_path, capsys):
    to = tmp_path / "taken"
    words = [marker.decode() for name, marker in MARKERS.items() if "memory" not in name]
    dismantle(simulated=puck, to=to, yes=True, look_for=words)
    said = capsys.readouterr().out.splitlines()
    assert MARKERS["night"] in (to / "00002.night").read_bytes()
    assert MARKERS["clip"] in (to / "clips" / "qname-of-a-clipxq.wav").read_bytes()
    shown = [line for line in said if ": before " in line]
    assert len(shown) == len(words) + 1
    for line in shown:
        assert re.search(r": before [1-9][\d,]*, now 0$", line)
    assert any("Forget This Device" in line for line in said)


def test_the_command_erases_nothing_unless_the_word_is_typed(puck):
    asked = ["dismantle", "--simulated", str(puck), "--no-export"]
    ended = CliRunner().invoke(app, asked, input="yes\n")
    assert isinstance(ended.exception, FlashError)
    assert str(ended.exception).startswith("nothing was erased")
    assert found(MARKERS, everything(puck))["clip"] > 0


def test_nights_are_never_copied_over_others(tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(FlashError, match="name a new folder with --to"):
        export("/dev/null", tmp_path)
