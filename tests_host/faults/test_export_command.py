"""`sleepsync export`: what it is given, where it writes, and what it says of bad input."""

import os
from datetime import datetime, timedelta

import pytest
from made_rituals import Journal
from sleepsync.bench.made_nights import Made, write
from sleepsync.cli import app
from sleepsync.export import export_night
from sleepsync.export.taken import take, zone_of
from sleepsync.paths import records
from typer.testing import CliRunner

START = datetime(2026, 1, 15, 22, 30)
MADE = Made(7, 3, 0.3, START)


@pytest.fixture(scope="module")
def pulled(tmp_path_factory, worker):
    """Two nights as `pull` leaves them."""
    folder = tmp_path_factory.mktemp("nights") / "pulled"
    folder.mkdir()
    write(MADE, folder, worker)
    write(Made(8, 4, 0.3, START + timedelta(days=1)), folder, worker)
    return folder


@pytest.fixture
def said(monkeypatch, tmp_path):
    """Run the command in an empty folder: (exit code, what it said, names of all files)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        ended = CliRunner().invoke(app, ["export", *map(str, arguments)])
        text = ended.output + (str(ended.exception) if ended.exception else "")
        files = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*"))
        return ended.exit_code, " ".join(text.split()), files

    return run


def test_a_folder_of_nights_in_all_formats(said, pulled):
    code, text, files = said(pulled, "--zone", "Europe/Berlin")
    assert code == 0, text
    names = ["-epochs.csv", "-events.csv", ".edf", ".fhir.json", ".sleep.json"]
    days = ("2026-01-15-00007", "2026-01-16-00008")
    assert files == [f"exported/{day}{name}" for day in days for name in names]


def test_folders_in_folders(said, pulled):
    code, text, files = said(pulled.parent, "--as", "fhir")
    assert code == 0, text
    assert files == [f"exported/2026-01-{day}.fhir.json" for day in ("15-00007", "16-00008")]


def test_one_journal_in_one_format(said, pulled, tmp_path):
    code, _, files = said(pulled / "00007.night", "--as", "csv", "--to", tmp_path / "a" / "b")
    assert code == 0
    assert files == ["a/b/2026-01-15-00007-epochs.csv", "a/b/2026-01-15-00007-events.csv"]


def test_what_is_there_is_not_written_over(said, pulled, tmp_path):
    night = pulled / "00007.night"
    assert said(night, "--as", "fhir")[0] == 0
    path = tmp_path / "exported" / "2026-01-15-00007.fhir.json"
    path.write_text("mine")
    code, text, _ = said(night)
    assert code == 1 and "is there already; --force writes over it" in text
    assert path.read_text() == "mine"
    assert not list(tmp_path.rglob("*.edf"))
    assert said(night, "--force")[0] == 0
    assert path.read_text() != "mine"


def test_two_pucks_may_number_alike(said, pulled, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "00007.night").write_bytes((pulled / "00007.night").read_bytes())
    code, _, files = said(pulled / "00007.night", other, "--as", "edf", "--force")
    assert code == 0
    assert files[:2] == ["exported/2026-01-15-00007-2.edf", "exported/2026-01-15-00007.edf"]


def test_one_bad_night_costs_no_other(said, pulled, tmp_path):
    torn = tmp_path / "00009.night"
    torn.write_bytes(os.urandom(3000))
    code, text, files = said(torn, tmp_path / "nowhere", pulled / "00007.night", "--as", "edf")
    assert code == 1
    assert "00009.night: holds no whole record of a night; is it a journal?" in text
    assert "nowhere: is not there" in text
    assert "exported/2026-01-15-00007.edf" in files


@pytest.mark.parametrize("keep", [0, 1, 12, 13, 27])
def test_a_night_torn_before_its_first_epoch_says_so(said, pulled, tmp_path, keep):
    path = tmp_path / "00001.night"
    path.write_bytes((pulled / "00007.night").read_bytes()[:keep])
    code, text, files = said(path)
    assert code == 1 and len(files) == 1
    assert ("no epoch" in text) if keep >= 13 else ("no whole record" in text)


def test_a_torn_night_is_taken_with_a_note(pulled, tmp_path, worker):
    data = bytearray((pulled / "00007.night").read_bytes()[:-40])
    data[400] ^= 16
    path = tmp_path / "00001.night"
    path.write_bytes(data)
    taken = take(path, worker)
    export_night(taken, tmp_path, ["csv", "edf", "fhir"])
    notes = [note for note in taken.night.notes if "could not be read" in note or "seal" in note]
    assert len(notes) == 2
    events = next(tmp_path.glob("*-events.csv")).read_text()
    fhir = next(tmp_path.glob("*.fhir.json")).read_text()
    assert all(note in events and note in fhir for note in notes)


def test_an_unfinished_pull_is_not_taken(said, tmp_path):
    (tmp_path / "00001.night.part").write_bytes(b"half")
    code, text, _ = said(tmp_path / "00001.night.part")
    assert code == 1 and "not whole yet; fetch it again with: sleepsync pull" in text


def test_a_night_without_time_takes_its_start_from_a_hand(said, tmp_path, worker):
    path = write(Made(5, 9, 0.3, None), tmp_path, worker)
    code, text, files = said(path, "--as", "json,csv")
    assert code == 1 and "--start" in text
    assert "exported/00005-epochs.csv" in files
    code, _, files = said(path, "--as", "json", "--start", "2026-02-01 23:10")
    assert code == 0 and "exported/2026-02-01-00005.sleep.json" in files


def test_a_puck_that_learns_the_time_tells_when_it_began(tmp_path, worker):
    """Half an hour in, somebody sets the clock."""
    journal = Journal(None).epochs([records.WAKE] * 80)
    journal.event(1800, records.CLOCK_SET, 823_000_000)
    path = tmp_path / "00001.night"
    path.write_bytes(journal.bytes())
    taken = take(path, worker, zone_of("+01:00"))
    assert (
        taken.when(1800)
        == (datetime(2000, 1, 1) + timedelta(seconds=823_000_000)).isoformat(timespec="seconds")
        + "+01:00"
    )
    assert any("reckoned back" in note for note in taken.night.notes)


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--as", "pdf"], "--as pdf: there are edf, csv, json, fhir"),
        (["--as", ","], "there are edf, csv, json, fhir"),
        (["--zone", "Mars/Base"], "wanted a name like Europe/Berlin or an offset like +01:00"),
        (["--zone", ""], "exported"),
        (["--start", "yesterday"], 'wanted date and time, "2026-01-15 22:30"'),
        (["--start", "2026-01-15 22:30", "pulled"], "--start is of one night"),
    ],
)
def test_options_say_what_they_want(said, pulled, arguments, remedy):
    more = [pulled] if arguments[-1] == "pulled" else []
    _, text, _ = said(*more, pulled / "00007.night", *[a for a in arguments if a != "pulled"])
    assert remedy in text


@pytest.mark.parametrize("name", ["+01:00", "-03:30", "Z", "Europe/Berlin", "America/St_Johns"])
def test_zones(name):
    assert zone_of(name).utcoffset(START) is not None


def test_a_report_of_one_journal_lies_beside_it(pulled, tmp_path):
    path = tmp_path / "00007.night"
    path.write_bytes((pulled / "00007.night").read_bytes())
    ended = CliRunner().invoke(app, ["report", str(path)])
    assert ended.exit_code == 0, ended.output
    page = (tmp_path / "00007" / "report.html").read_text()
    assert "Thursday 15 January 2026" in page and "00007.night, a journal" in page
