"""BIDMC's tables become the shared arrays, and their gaps stay gaps."""

import numpy as np
import pytest
from physionet import SMALL, bring, publish_bidmc, serving, tables
from sleepsync.data import DataDamaged

site = pytest.fixture(serving)


def test_bidmc_becomes_the_shared_arrays(site, data, tmp_path):
    shared = dict(np.load(data / "bidmc/bidmc_04.npz"))
    publish_bidmc(site, "04", tables(shared))
    bring(tmp_path, "bidmc")
    ours = dict(np.load(tmp_path / "bidmc/bidmc_04.npz"))
    assert list(ours) == list(shared)
    for name, values in shared.items():
        assert ours[name].dtype == values.dtype, name
        np.testing.assert_array_equal(ours[name], values, name)


def test_bidmc_s_gaps_stay_gaps(site, tmp_path):
    publish_bidmc(site, "01", tables(SMALL))
    bring(tmp_path, "bidmc")
    ours = np.load(tmp_path / "bidmc/bidmc_01.npz")
    assert np.isnan(ours["pulse_bpm"]).tolist() == [True]
    assert ours["breaths_a"].tolist() == [5, 300, 700] and ours["breaths_b"].tolist() == [6]


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [(0, b"PLETH", b"PULSE"), (0, b"1.00000", b"NaN"), (0, b"1.00000", b"2"), (1, b"61", b"x"),
     (2, b"ann2", b"ann9"), (1, b"61,", b"")],
)  # fmt: skip
def test_bidmc_tables_that_are_not_so_are_refused(site, tmp_path, table, old, new):
    texts = list(tables(SMALL))
    assert old in texts[table]
    texts[table] = texts[table].replace(old, new)
    publish_bidmc(site, "01", texts)
    with pytest.raises(DataDamaged):
        bring(tmp_path, "bidmc")
    assert not list((tmp_path).rglob("*.npz"))
