"""Resets and power cuts, a seeded sample of those that `make bench` counts."""

from sleepsync.bench.accidents import power_cuts, resets
from sleepsync.paths import records


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
