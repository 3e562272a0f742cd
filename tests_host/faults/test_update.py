"""Updates, good and bad: what comes of each, and what is left when power is lost in one.

`pytest tests_host/faults/test_update.py --write-docs` runs all of them and writes the table of
docs/reliability.md; otherwise every fifth is run here, and all by `make bench AREA=faults`.
"""

import random
from dataclasses import replace

import pytest
from changed_puck import write_partition
from page_blocks import is_shown, table
from sleepsync.bench import power_loss, updates
from sleepsync.bench.update_cases import CASES
from sleepsync.flash import flash_map, vfs_image
from sleepsync.simulate import run_puck

CUTS, SEEDS = 8, (2, 3)


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    return updates.world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("case", CASES[::5], ids=lambda case: case.name)
def test_what_comes_of_an_update_is_what_must(there, case):
    said = updates.outcome(case, there)
    assert updates.is_kept(case, said), said


def test_a_puck_that_is_flashed_anew_while_one_is_on_trial_runs_what_was_flashed(there):
    """NVS stays, and names a slot that is no more."""
    case = replace(CASES[0], starts=({"reset_us": 25_000_000},))
    assert "update on trial" in updates.outcome(case, there)
    write_partition(there, "vfs", vfs_image())
    said = []
    run_puck(there, say=said.append, restarts=3, cause=1)
    assert any("taken back: unknown; 0.1.0 runs from slot a: it is broken" in line for line in said)
    assert [line for line in said if line.startswith("boot ")][-1].endswith("; slot a")
    assert any(line.startswith("journal: night 1, epoch ") for line in said)


def test_what_was_kept_runs_on_when_nvs_is_erased(there):
    """As it is with all that is personal."""
    assert updates.outcome(CASES[0], there).startswith("kept")
    write_partition(there, "nvs", b"\xff" * flash_map().partitions["nvs"].bytes)
    said = []
    run_puck(there, say=said.append)
    assert said[0] == "boot 1: power on; slot b"


def test_the_page_tells_what_came_of_all(request, there):
    if request.config.getoption("--write-docs"):
        for case in CASES:
            assert updates.is_kept(case, updates.outcome(case, there)), case.name
    rows = [(case.name, case.comes) for case in CASES]
    shown = f"{len(rows)} updates were tried:\n\n" + table(("what is tried", "what comes"), rows)
    assert is_shown(request, "reliability", "update", shown)


@pytest.mark.parametrize("deed", ["update", "update_taken_back"])
def test_wherever_power_is_lost_a_whole_version_runs(deed):
    with power_loss.Rig(deed) as rig:
        chosen = random.Random(11).sample(range(1, rig.operations + 1), CUTS)
        outcome = rig.cut(chosen, SEEDS)
    assert len(outcome.points) >= CUTS
    assert outcome.failed == []
