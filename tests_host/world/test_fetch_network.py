"""Every transfer is checked against the origin's sums, goes on where it stopped, and ends."""

import threading

import pytest
from physionet import ECG, LONG, SLP01A, bring, files_in, record, serving
from sleepsync.data import DataDamaged, DataUnreachable
from sleepsync.fetch import VARIABLE_ORIGIN, fetch, origin

site = pytest.fixture(serving)


def test_a_file_that_does_not_match_is_refused_and_not_kept(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.files[ECG] = site.files[ECG].replace(b"\x64", b"\x65", 1)
    said = []
    with pytest.raises(DataDamaged, match="1 of 1 records"):
        fetch(["slpdb"], tmp_path, lambda *_: None, said.append)
    assert "slp01a.ecg: SHA-256 is" in said[0] and "nothing was kept" in said[0]
    assert files_in(tmp_path) == [".fetching/slpdb/slp01a.hea"]


@pytest.mark.parametrize("ranges", [True, False])
def test_an_interrupted_transfer_goes_on_where_it_stopped(site, tmp_path, ranges):
    site.publish("slpdb/1.0.0", LONG)
    site.ranges = ranges
    site.faults[ECG] = [(200, {}, 5000), (200, {}, 3000)]
    bring(tmp_path, "slpdb")
    starts = [start for path, start in site.asked if path == ECG]
    assert starts == ([0, 5000, 8000] if ranges else [0, 0, 0])
    assert files_in(tmp_path) == SLP01A


def test_another_run_goes_on_where_the_last_stopped(site, tmp_path):
    site.publish("slpdb/1.0.0", LONG)
    site.faults[ECG] = [(200, {}, 5000)] + [(200, {}, 1)] * 3
    with pytest.raises(DataUnreachable, match=r"ended after 5003 of \d+ bytes; .*run the same"):
        bring(tmp_path, "slpdb")
    assert files_in(tmp_path) == [
        ".fetching/slpdb/slp01a.ecg.part",
        ".fetching/slpdb/slp01a.hea",
    ]
    site.asked.clear()
    bring(tmp_path, "slpdb")
    assert (ECG, 5003) in site.asked
    assert ("/slpdb/1.0.0/slp01a.hea", 0) not in site.asked
    assert files_in(tmp_path) == SLP01A


@pytest.mark.parametrize("left", [b"other bytes", b"\0" * 100_000])
def test_what_does_not_fit_the_rest_is_fetched_from_its_start(site, tmp_path, left):
    """Left over from another version of the file: shorter, or longer than it is now."""
    site.publish("slpdb/1.0.0", LONG)
    part = tmp_path / ".fetching/slpdb/slp01a.ecg.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    bring(tmp_path, "slpdb")
    starts = [start for path, start in site.asked if path == ECG]
    assert starts == [len(left), 0]
    assert files_in(tmp_path) == SLP01A


def test_a_whole_part_needs_no_request(site, tmp_path):
    site.publish("slpdb/1.0.0", LONG)
    part = tmp_path / ".fetching/slpdb/slp01a.ecg.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(LONG["slp01a.ecg"])
    bring(tmp_path, "slpdb")
    assert ECG not in [path for path, _ in site.asked]


def test_a_range_that_was_not_asked_for_is_not_appended(site, tmp_path):
    site.publish("slpdb/1.0.0", LONG)
    wrong = (206, {"Content-Range": "bytes 0-9/10"}, None)
    site.faults[ECG] = [(200, {}, 5000), wrong]
    bring(tmp_path, "slpdb")
    assert [start for path, start in site.asked if path == ECG] == [0, 5000, 5000]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_may_pass_is_tried_again_a_few_times(site, tmp_path, status):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.faults[ECG] = [(status, {}, None)] * 3
    bring(tmp_path, "slpdb")
    assert files_in(tmp_path) == SLP01A
    site.files = {path: data for path, data in site.files.items() if "SUMS" in path}
    site.publish("slpdb/1.0.0", record("slp02b"))
    site.faults["/slpdb/1.0.0/slp02b.st"] = [(status, {}, None)] * 9
    with pytest.raises(DataUnreachable, match=f"slp02b.st: HTTP {status}"):
        bring(tmp_path, "slpdb")
    assert len(site.faults["/slpdb/1.0.0/slp02b.st"]) == 5


def test_pauses_between_attempts_grow(site, tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr(origin.time, "sleep", pauses.append)
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.faults[ECG] = [(503, {}, None)] * 3
    bring(tmp_path, "slpdb")
    assert pauses == sorted(set(pauses)) and len(pauses) == 3


def test_a_file_that_is_not_there_is_told_at_once(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    del site.files[ECG]
    with pytest.raises(DataUnreachable, match=r"slp01a\.ecg: HTTP 404.*it has moved"):
        bring(tmp_path, "slpdb")
    assert [path for path, _ in site.asked].count(ECG) == 1


def test_without_sums_nothing_is_fetched(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    del site.files["/slpdb/1.0.0/SHA256SUMS.txt"]
    with pytest.raises(DataUnreachable, match=r"slpdb/1\.0\.0/SHA256SUMS\.txt: HTTP 404"):
        bring(tmp_path, "slpdb")
    assert files_in(tmp_path) == [] and len(site.asked) == 1


@pytest.mark.parametrize("sums", [b"", b"<html>log in</html>", b"12ab slp01a.st\n"])
def test_what_is_no_list_of_sums_is_refused(site, tmp_path, sums):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.files["/slpdb/1.0.0/SHA256SUMS.txt"] = sums
    with pytest.raises(DataDamaged, match="not a list of SHA-256 sums"):
        bring(tmp_path, "slpdb")


@pytest.mark.parametrize("gap", [" ", "  ", " *", "  ./"])
def test_sums_are_read_as_any_tool_writes_them(site, tmp_path, gap):
    site.publish("slpdb/1.0.0", record("slp01a"), gap)
    assert bring(tmp_path, "slpdb") == ["slpdb: 1 made, 0 there already"]


def test_a_list_of_sums_cut_short_is_asked_for_again(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a") | record("slp02b"))
    site.faults["/slpdb/1.0.0/SHA256SUMS.txt"] = [(200, {}, 3 * 76)]
    assert bring(tmp_path, "slpdb") == ["slpdb: 2 made, 0 there already"]


def test_a_list_without_a_record_s_file_says_so(site, tmp_path):
    files = record("slp01a")
    del files["slp01a.st"]
    site.publish("slpdb/1.0.0", files)
    with pytest.raises(DataDamaged, match=r"lists no slp01a\.st"):
        bring(tmp_path, "slpdb")


def test_names_from_the_list_cannot_leave_the_folder(site, tmp_path):
    files = record("slp01a") | {"../../slp02a.hea": b"x", "sub/slp03.hea": b"x"}
    site.publish("slpdb/1.0.0", files)
    bring(tmp_path / "in", "slpdb")
    assert files_in(tmp_path) == [f"in/{name}" for name in SLP01A]


def test_a_redirect_to_another_host_is_not_followed(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.faults[ECG] = [(302, {"Location": f"{site.url.replace('127.0.0.1', 'localhost')}/x"}, 0)]
    with pytest.raises(DataUnreachable, match="not followed"):
        bring(tmp_path, "slpdb")


def test_a_redirect_on_the_same_host_is_followed(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    site.files["/elsewhere"] = site.files[ECG]
    site.faults[ECG] = [(302, {"Location": "/elsewhere"}, 0)]
    bring(tmp_path, "slpdb")
    assert files_in(tmp_path) == SLP01A


@pytest.mark.parametrize("base", ["http://physionet.org/files", "ftp://127.0.0.1/x", "files"])
def test_only_https_is_asked(tmp_path, monkeypatch, base):
    monkeypatch.setenv(VARIABLE_ORIGIN, base)
    with pytest.raises(DataUnreachable, match="not an https address"):
        bring(tmp_path, "slpdb")


def test_no_network_is_told_with_what_to_do(site, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE_ORIGIN, "http://127.0.0.1:9")
    with pytest.raises(DataUnreachable, match=r"127\.0\.0\.1:9/slpdb.*look at the network"):
        bring(tmp_path, "slpdb")


def test_a_silent_server_is_given_up(site, tmp_path, monkeypatch):
    monkeypatch.setattr(origin, "_TIMEOUT_S", 0.05)
    site.publish("slpdb/1.0.0", record("slp01a"))
    silence = threading.Event()
    answer = site.answer
    site.answer = lambda request: silence.wait(5) and answer(request)
    with pytest.raises(DataUnreachable, match="timed out"):
        bring(tmp_path, "slpdb")
    silence.set()


def test_an_endless_file_is_stopped(site, tmp_path, monkeypatch):
    monkeypatch.setattr(origin, "_MOST_BYTES", 10_000)
    site.publish("slpdb/1.0.0", LONG)
    with pytest.raises(DataUnreachable, match="longer than 10000 bytes"):
        bring(tmp_path, "slpdb")


def test_a_folder_that_cannot_be_written_is_told(site, tmp_path):
    site.publish("slpdb/1.0.0", record("slp01a"))
    (tmp_path / "file").write_text("")
    with pytest.raises(DataUnreachable, match=r"cannot write in .*--to"):
        bring(tmp_path / "file", "slpdb")


def test_progress_counts_bytes_to_the_end(site, tmp_path):
    site.publish("slpdb/1.0.0", LONG)
    site.faults[ECG] = [(200, {}, 5000)]
    heard = []
    fetch(["slpdb"], tmp_path, lambda *step: heard.append(step), lambda _: None)
    length = len(LONG["slp01a.ecg"])
    steps = [(done, total) for path, done, total in heard if path == "slp01a.ecg"]
    assert {total for _, total in steps} == {length}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert (5000, length) in steps and steps[-1] == (length, length)
