"""What is there stays, what is lost or altered is made again, what is foreign is left alone."""

import pytest
from physionet import (
    NORMAL,
    SLP01A,
    SMALL,
    bring,
    encoded,
    files_in,
    night,
    publish_bidmc,
    raw_files,
    record,
    serving,
    tables,
    unzipped,
)
from sleepsync.data import VARIABLE, DataMissing, data_dir
from sleepsync.fetch import SETS

site = pytest.fixture(serving)


def test_every_set_is_fetched_where_none_is_named(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.publish("sleep-accel/1.0.0", raw_files("46343", night()))
    publish_bidmc(site, "01", tables(SMALL))
    said = bring(tmp_path)
    assert said == [
        "slpdb: 1 made, 0 there already",
        "sleep_accel_features: 1 made, 0 there already",
        "bidmc: 1 made, 0 there already",
    ]


def test_a_raw_file_left_behind_is_checked_before_it_is_used(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    old = tmp_path / ".fetching/slpdb/slp01a.ecg"
    old.parent.mkdir(parents=True)
    old.write_bytes(encoded([(7, NORMAL, "")]))
    bring(tmp_path, "slpdb")
    assert unzipped(tmp_path / "slpdb/slp01a_beats.txt.gz").startswith(b"0.400\n")


def test_nothing_that_is_there_and_right_is_fetched_again(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]
    assert files_in(tmp_path) == SLP01A and not (tmp_path / ".fetching").exists()
    site.asked.clear()
    assert bring(tmp_path, "slpdb") == ["slpdb: 0 made, 1 there already"]
    assert site.asked == [("/slpdb/1.0.0/SHA256SUMS.txt", 0)]


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_text("W\n")])
def test_what_was_lost_or_changed_is_made_anew(site, tmp_path, harm):
    site.publish("slpdb/1.0.0", record("slp01a"))
    bring(tmp_path, "slpdb")
    stages = tmp_path / "slpdb/slp01a_stages.csv"
    before = stages.read_bytes()
    harm(stages)
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]
    assert stages.read_bytes() == before


def test_what_the_origin_or_the_conversion_changed_is_made_anew(site, tmp_path, monkeypatch):
    site.publish("slpdb/1.0.0", record("slp01a"))
    bring(tmp_path, "slpdb")
    site.publish("slpdb/1.0.0", record("slp01a", beats=(1, 2)))
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]
    assert unzipped(tmp_path / "slpdb/slp01a_beats.txt.gz") == b"0.004\n0.008\n"
    newer = SETS["slpdb"].__class__(**(vars(SETS["slpdb"]) | {"version": 2}))
    monkeypatch.setitem(SETS, "slpdb", newer)
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]


@pytest.mark.parametrize("ledger", [None, "{", "[]", '{"made": 3}'])
def test_files_of_somebody_else_are_left_alone_and_said(site, tmp_path, ledger):
    site.publish("slpdb/1.0.0", record("slp01a") | record("slp02b"))
    (tmp_path / "slpdb").mkdir()
    (tmp_path / "slpdb/slp01a_stages.csv").write_text("mine")
    if ledger:
        (tmp_path / "slpdb/.origin.json").write_text(ledger)
    (said,) = bring(tmp_path, "slpdb")
    assert said.startswith("slpdb: 1 made, 0 there already; 1 left as they are, unchecked")
    assert (tmp_path / "slpdb/slp01a_stages.csv").read_text() == "mine"
    assert not (tmp_path / "slpdb/slp01a_beats.txt.gz").exists()


def test_a_crash_before_the_files_are_in_place_is_mended(site, tmp_path, monkeypatch):
    """The ledger already speaks of them."""
    site.publish("slpdb/1.0.0", record("slp01a"))
    replace = type(tmp_path).replace

    def stop_at_files(path, to):
        if to.name.startswith("slp01a_stages"):
            raise KeyboardInterrupt
        return replace(path, to)

    monkeypatch.setattr(type(tmp_path), "replace", stop_at_files)
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, "slpdb")
    monkeypatch.setattr(type(tmp_path), "replace", replace)
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]
    assert files_in(tmp_path) == SLP01A


@pytest.mark.parametrize("name", ["welltory", "nothing"])
def test_a_set_that_cannot_be_fetched_is_told(tmp_path, name):
    with pytest.raises(ValueError, match=f"{name}: .*there are slpdb, sleep-accel, bidmc"):
        bring(tmp_path, name)


def test_missing_data_name_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(DataMissing, match="make data"):
        data_dir()
