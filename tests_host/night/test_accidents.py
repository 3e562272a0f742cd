"""Resets and power cuts, a seeded sample of those that `make bench` counts."""

from sleepsync.bench import accidents
from sleepsync.bench.accidents import power_cuts, resets
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_puck
from sleepsync.world import generate, write_world


def test_resets_cost_at_most_the_epoch_being_measured():
    for aftermath in resets(6, seed=11):
        assert aftermath.lost_epochs <= 1
        assert aftermath.intact
        assert aftermath.goes_on


def test_power_cuts_cost_at_most_five_minutes():
    for aftermath in power_cuts(8, seed=12):
        assert aftermath.lost_epochs * records.EPOCH_S <= 300
        assert aftermath.intact
        assert aftermath.goes_on


def test_power_lost_in_the_last_operation_costs_its_batch_at_most():
    """Of it only the end is missing: the night ends as whole batches, or with all it has."""
    with accidents._Rehearsal(1) as night:
        aftermath = night.cut(night._undisturbed["flash_operations"])
    assert aftermath.lost_epochs <= 10
    assert aftermath.intact and aftermath.goes_on


def test_a_night_left_unended_is_closed_the_next_evening(tmp_path):
    """A reset, and the puck comes up again 20 hours later: that is another night."""
    write_world(generate(8, 0.2), tmp_path)
    run_puck(tmp_path, reset_us=310_000_000)
    run_puck(tmp_path, start_us=20 * 3600 * 1_000_000)
    first, second = (read_journal(path) for path in journals(tmp_path))
    assert [event.kind for event in first.of(records.EVENT)] == [
        records.START,
        records.START,
        records.STOP,
    ]
    assert len(first.of(records.EPOCH)) == len(first.of(records.SCORE)) == 10
    assert second.of(records.EPOCH)[0].index == 0
    assert first.broken_seals == second.broken_seals == 0
