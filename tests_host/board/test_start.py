"""How the puck starts: its slots, its counters, safe mode, and what leads there."""

import re
import shutil

import pytest
from changed_puck import change, flash, loose, put, write_partition
from sleepsync.build import SIMULATED, build
from sleepsync.build.slot import packed
from sleepsync.flash import flash_map
from sleepsync.flash.images import flash_image
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, put_new_puck, run_puck
from sleepsync.vm import VmError

CLOCK = (ROOT / "firmware/clock.py").read_text() + '\nprint("clock of the night")\n'
BROKEN_APP = {"firmware/app.py": ("puck.open()\n", 'raise ValueError("Ada sleeps badly")\n')}


def run(folder, **options):
    """(what was printed, figures) of a puck that may start anew five times."""
    said = []
    figures = run_puck(folder, say=said.append, restarts=5, **options)
    return said, figures


def boots(said):
    return [line for line in said if line.startswith("boot ")]


def epochs_of(folder):
    return read_journal(journals(folder)[-1]).of(records.EPOCH)


# -- the start that goes well


def test_a_start_counts_itself_names_its_cause_and_goes_well(bed):
    said, _ = run(bed)
    assert boots(said) == ["boot 1: power on; slot a"]
    for boot, (cause, words) in enumerate(((2, "reset"), (3, "watchdog"), (0, "unknown")), 2):
        said, _ = run(bed, cause=cause)
        assert boots(said) == [f"boot {boot}: {words}; slot a"]


def test_a_start_that_goes_well_begins_the_count_anew(bed):
    for _ in range(5):
        said, _ = run(bed, reset_us=45_000_000, cause=2)
        assert "safe mode" not in "".join(said)


def test_a_start_that_somebody_ends_has_gone_well(at_the_table):
    assert at_the_table(
        """
from firmware import app
clock.at(clock.us + 5000000, lambda: clock.schedule_own(get_up, None))
app.run(boot.start)
result = [boot.start.bad, boot.Start().bad]
""",
    ) == [0, 0]


@pytest.fixture
def remember(at_the_table):
    """Puts numbers into the puck's NVS: `remember(slot=1)`."""

    def put_numbers(**numbers):
        lines = [f"nvs.set_i32({name!r}, {number})" for name, number in numbers.items()]
        source = "from esp32 import NVS\nnvs = NVS('puck')\n" + "\n".join(lines)
        at_the_table(source + "\nnvs.commit(); simulated.keep(); result = 0")

    return put_numbers


def both_slots(bed):
    """The loose tree of a puck with two slots, each with a clock that says which one it is of."""
    tree = bed / "tree"
    shutil.copytree(build(SIMULATED), tree)
    shutil.copytree(tree / "a", tree / "b")
    for slot in "ab":
        put(tree, "firmware/clock.py", CLOCK.replace("of the night", f"of {slot}"), slot)
    return tree


@pytest.mark.parametrize("form", [packed, loose])
@pytest.mark.parametrize(
    ("number", "without", "runs"), [(0, "b", "a"), (1, "", "b"), (1, "b", "a"), (0, "a", "b")]
)
def test_the_slot_runs_that_nvs_names_if_it_is_there(remember, bed, form, number, without, runs):
    remember(slot=number)
    tree = form(both_slots(bed))
    if form is loose:  # two whole ones would not fit into the flash
        for path in (tree / ("a" if runs == "b" else "b")).rglob("*.mpy"):
            if path.stem != "clock":
                path.unlink()
    if without:
        (tree / without / "manifest.json").unlink()
    flash(bed, tree)
    said, _ = run(bed)
    assert boots(said)[0].endswith(f"slot {runs}")
    assert f"clock of {runs}" in said


def test_a_flash_without_application_ends_at_the_repl(bed):
    change(bed, {}, removed=["a/manifest.json"])
    said, figures = run(bed)
    assert boots(said)[0] == "boot 1: power on; slot frozen"
    assert (figures["restarts"], figures["ended"]) == (3, "stopped")
    assert any("no module named 'firmware'" in line for line in said)


# -- the start that goes badly


def test_a_crash_loop_leads_to_safe_mode_and_switching_off_out_of_it(bed):
    change(bed, BROKEN_APP)
    said, figures = run(bed)
    assert boots(said) == [
        "boot 1: power on; slot a",
        "boot 2: reset; slot a",
        "boot 3: reset; slot a",
        "boot 4: reset; slot a; safe mode: 3 bad starts",
    ]
    assert (figures["restarts"], figures["ended"]) == (3, "stopped")
    assert boots(run(bed)[0])[0] == "boot 5: power on; slot a"


def test_a_crash_is_recorded_by_its_places_and_without_its_words(bed):
    change(bed, BROKEN_APP)
    said, _ = run(bed)
    records_ = [line for line in said if re.match("  boot [1-3], slot a, after 0 s: ", line)]
    assert [line[:8] for line in records_] == ["  boot 3", "  boot 2", "  boot 1"]
    for line in records_:
        assert re.search(r"ValueError at firmware/app\.py:\d+ < main\.py:\d+$", line)
    assert any("Ada sleeps badly" in line for line in said)  # it is said, once, to who looks on
    nvs = flash_map().partitions["nvs"]
    kept = (bed / "puck" / "flash.bin").read_bytes()[nvs.offset :][: nvs.bytes]
    assert b"ValueError" in kept.replace(b"56616c75654572726f72", b"ValueError")
    assert b"Ada" not in kept and b"Ada".hex().encode() not in kept


def test_in_development_a_crash_stays_at_the_repl(remember, bed):
    remember(develop=1)
    change(bed, BROKEN_APP)
    said, figures = run(bed)
    assert boots(said) == ["boot 2: power on; slot a; watchdog off"]
    assert figures["restarts"] == 0


@pytest.mark.parametrize("form", [packed, loose])
@pytest.mark.parametrize("missing", ["a/firmware/app.mpy", "a/lib/max30102.mpy"])
def test_a_slot_with_a_file_missing_leads_to_safe_mode(bed, missing, form):
    change(bed, {}, [missing], form)
    said, figures = run(bed)
    assert boots(said)[-1] == "boot 4: reset; slot a; safe mode: 3 bad starts"
    assert any("ImportError at " in line for line in said)
    assert figures["ended"] == "stopped"


def test_where_safe_mode_cannot_run_the_repl_is_what_is_left(bed):
    change(bed, {}, removed=["a/hw/pins.mpy"])
    said, figures = run(bed, press="0:360000")
    assert any(re.match("boot: slot a is broken .*flash the puck anew", line) for line in said)
    assert (figures["restarts"], figures["ended"]) == (3, "stopped")


# -- what hangs


def test_a_task_that_hangs_starts_the_puck_anew_and_the_night_goes_on(bed):
    waits = ("await asyncio.sleep_ms(_ROOM_MS)", f"await asyncio.sleep_ms({HANG})")
    change(bed, {"firmware/app.py": waits})
    said, figures = run(bed)
    told = said.count("no life in task room; the watchdog will start the puck anew")
    assert 0 <= told - figures["restarts"] <= 1  # the night may end before the watchdog bites
    assert boots(said)[1] == "boot 2: watchdog; slot a"
    assert "safe mode" not in "".join(said)
    assert figures["restarts"] >= 2
    lost = set(range(12)) - {epoch.index for epoch in epochs_of(bed)}
    assert len(lost) <= figures["restarts"]


HANG = "_ROOM_MS if self.clock.now_ms() % 150000 < 100000 else 100000000"
BLOCK = (
    "self.room.look()\n",
    "self.room.look()\n            while self.clock.now_ms() > 100000: time.sleep_ms(100)\n",
)


def test_a_task_that_blocks_all_others_does_so_too(bed):
    change(bed, {"firmware/app.py": BLOCK})
    said, figures = run(bed)
    assert [line for line in boots(said)[1:] if "watchdog; slot a" not in line] == []
    assert figures["restarts"] >= 2
    assert not any("no life" in line for line in said)  # nobody was left to say so


def test_what_always_hangs_leads_to_safe_mode(bed):
    change(bed, {"firmware/app.py": ("self.room.look()\n", "await asyncio.Event().wait()\n")})
    said, _ = run(bed)
    assert boots(said)[-1] == "boot 4: watchdog; slot a; safe mode: 3 bad starts"
    assert any("no life in task room" in line and line.startswith("  boot 3") for line in said)


def test_a_puck_that_starts_anew_unasked_is_no_good_night(bed):
    change(bed, BROKEN_APP)
    with pytest.raises(VmError, match="started anew by itself, 1 times"):
        run_puck(bed)


# -- the button


def test_the_button_held_at_power_up_leads_to_safe_mode(bed):
    said, figures = run(bed, press="0:90000")
    assert boots(said) == ["boot 1: power on; slot a; safe mode: the button is held"]
    assert "safe mode: the button is held; switch off and on to leave it" in said
    assert figures["restarts"] == 0
    assert not journals(bed)


def test_the_button_held_at_another_start_does_not(bed):
    """A book that lies on it has starved the watchdog: the night must go on."""
    said, figures = run(bed, press="0:90000", cause=3)
    assert boots(said) == ["boot 1: watchdog; slot a"]
    assert figures["restarts"] == 0
    assert len(epochs_of(bed)) == 12


def test_a_button_that_is_held_starts_the_puck_anew_and_a_long_press_does_not(bed):
    said, figures = run(bed, press="60:19000,120:45000")
    assert boots(said)[1:] == ["boot 2: watchdog; slot a"]
    assert figures["restarts"] == 1


# -- the file systems


def test_a_torn_application_is_said_and_nothing_runs(bed):
    put_new_puck(bed)
    write_partition(bed, "vfs", bytes(8192))
    said, figures = run(bed)
    assert figures["ended"] == "corrupt"
    assert any("flash the puck anew" in line for line in said)


def test_torn_nights_are_named_left_as_they_are_and_lead_to_safe_mode(bed):
    put_new_puck(bed)
    data = flash_map().partitions["data"]
    torn = bytes(range(256)) * 48
    write_partition(bed, "data", torn)
    said, _ = run(bed)
    assert any("the file system of the nights cannot be read" in line for line in said)
    assert any("--rescue" in line for line in said)
    assert boots(said)[-1].endswith("safe mode: 3 bad starts")
    assert (bed / "puck" / "flash.bin").read_bytes()[data.offset :][: len(torn)] == torn


def test_a_flash_that_was_never_started_gets_its_nights(bed):
    (bed / "puck").mkdir()
    (bed / "puck" / "flash.bin").write_bytes(flash_image())
    run(bed)
    assert len(epochs_of(bed)) == 12


@pytest.mark.parametrize("operation", [1, 2])
def test_power_lost_while_the_start_is_counted_costs_at_most_that_count(bed, operation):
    assert run_puck(bed, cut_at=operation)["ended"] == "cut"
    said, _ = run(bed)
    assert boots(said)[0] in ("boot 1: power on; slot a", "boot 2: power on; slot a")
