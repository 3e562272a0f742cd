"""CSV and NPZ with a pulse wave: which column, which rate, and what is wrong with a file."""

import made_waves
import numpy as np
import pytest
from sleepsync.pulse.table import WaveformDamaged, read_table
from sleepsync.pulse.waveform import read_waveform

SECONDS = 12
WAVE = made_waves.rise(50, SECONDS)
OTHER = np.linspace(0, 1, len(WAVE))
STAMPS_S = np.arange(len(WAVE)) / 50
WITHIN_COUNTS = 2  # a file of six digits, scaled


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """Counts of the wave, from the plainest of files."""
    path = made_waves.write_csv(tmp_path_factory.mktemp("w") / "plain.csv", None, WAVE)
    return read_waveform(path, rate_hz=50).light


def is_wave(found, wanted):
    return found.shape == wanted.shape and np.abs(found - wanted).max() < WITHIN_COUNTS


def refused(path, *told, **options):
    with pytest.raises(WaveformDamaged) as damage:
        read_waveform(path, **options)
    message = str(damage.value)
    assert message.startswith(f"{path}: ")
    for words in told:
        assert words in message, message


# -- kinds of CSV

KINDS = {
    "comma": {},
    "semicolon": {"delimiter": ";"},
    "decimal comma": {"delimiter": ";", "decimal": ","},
    "tab": {"delimiter": "\t"},
    "byte order mark": {"bom": True},
    "space": {"delimiter": " "},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("heading", [("resp", "pleth"), None], ids=["heading", "none"])
def test_every_kind_of_csv_is_read(kind, heading, tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", heading, OTHER, WAVE, **KINDS[kind])
    column = None if heading else "1"
    assert is_wave(read_waveform(path, column, 50).light, wanted)


def test_the_only_column_is_taken_with_and_without_heading(tmp_path, wanted):
    for heading in (None, ["anything"]):
        path = made_waves.write_csv(tmp_path / "x.csv", heading, WAVE)
        assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


def test_columns_of_several_spaces_remarks_and_a_last_comma_do_not_matter(tmp_path, wanted):
    path = tmp_path / "x.txt"
    rows = [f"  {a:.4f}   {b:.6g} " for a, b in zip(OTHER, WAVE, strict=True)]
    path.write_text("\n".join(["# of a finger", *rows, "", ""]))
    assert is_wave(read_waveform(path, "1", 50).light, wanted)
    path.write_text("\n".join(["# a, b", "resp,ppg", *(f"0,{b:.6g}," for b in WAVE)]))
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


@pytest.mark.parametrize("name", ["pleth", "PPG", "Infrared (counts)", "IR", "red", "V PLETH [mV]"])
def test_a_wave_is_known_by_its_name(name, tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["resp", name, "hr"], OTHER, WAVE, OTHER)
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


def test_of_two_names_the_likelier_is_taken(tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["red", "infrared"], OTHER, WAVE)
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


def test_a_column_of_words_beside_the_wave_does_not_matter(tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["who", "what"], ["he"] * len(WAVE), WAVE)
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


@pytest.mark.parametrize("column", ["G", "g", "2"])
def test_a_column_is_named_or_numbered(column, tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["time", "R", "G"], STAMPS_S, OTHER, WAVE)
    found = read_waveform(path, column, 50)
    assert is_wave(found.light, wanted)
    assert found.name == "x.csv, G"


def test_a_name_goes_before_a_number(tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["a", "b", "0"], OTHER, OTHER, WAVE)
    assert is_wave(read_waveform(path, "0", 50).light, wanted)


# -- NPZ


def test_an_npz_tells_its_rate(tmp_path, wanted):
    path = tmp_path / "x.npz"
    np.savez(path, fs_hz=50, pleth_u16=np.rint(WAVE * 500).astype(np.uint16), resp=OTHER)
    found = read_waveform(path)
    assert found.rate_hz == 50
    assert np.abs(found.light - wanted).max() < 5
    refused_for = tmp_path / "y.npz"
    np.savez(refused_for, pleth=WAVE, fs_hz=np.array([50, 50]))
    refused(refused_for, "fs_hz is no single number")


@pytest.mark.parametrize("turned", [False, True])
def test_a_matrix_of_an_npz_has_numbered_signals(turned, tmp_path, wanted):
    matrix = np.column_stack([OTHER, WAVE, OTHER])
    path = tmp_path / "x.npz"
    np.savez_compressed(path, rgb=matrix.T if turned else matrix, fs_hz=50.0)
    found = read_waveform(path, "rgb:1")
    assert is_wave(found.light, wanted)
    assert found.name == "x.npz, rgb:1"
    refused(path, "which column", "0 rgb:0, 1 rgb:1, 2 rgb:2", "--column")
    refused(path, "no column rgb", "0 rgb:0", column="rgb")


def test_an_npz_of_one_array_needs_no_name_but_a_rate(tmp_path, wanted):
    path = tmp_path / "x.npz"
    np.savez(path, WAVE)
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)
    refused(path, "sampled at what rate?", "--rate HZ")


def test_an_npz_may_have_stamps(tmp_path, wanted):
    path = tmp_path / "x.npz"
    np.savez(path, time_s=STAMPS_S, wave=WAVE)
    assert is_wave(read_waveform(path).light, wanted)


# -- what rate


@pytest.mark.parametrize(
    ("name", "per_s"), [("time", 1), ("time", 1000), ("time_s", 1), ("Time [ms]", 1000)]
)
def test_stamps_tell_the_rate(name, per_s, tmp_path, wanted):
    stamps = [f"{1e6 + at_s * per_s:.3f}" for at_s in STAMPS_S]
    path = made_waves.write_csv(tmp_path / "x.csv", [name, "wave"], stamps, WAVE)
    found = read_waveform(path)
    assert found.rate_hz == pytest.approx(50)
    assert is_wave(found.light, wanted)


@pytest.mark.parametrize("rate_hz", [25, 30, 100, 125, 128, 500])
def test_uneven_stamps_are_true_time(rate_hz, tmp_path, wanted):
    at_s = np.arange(SECONDS * rate_hz) / rate_hz
    at_s[1:] += np.random.default_rng(1).uniform(-0.3, 0.3, len(at_s) - 1) / rate_hz
    stamps = [f"{1000 * s:.2f}" for s in at_s]
    path = made_waves.write_csv(tmp_path / "x.csv", ["time", "R"], stamps, made_waves.rise_at(at_s))
    found = read_waveform(path)
    assert found.rate_hz == pytest.approx(rate_hz, rel=0.05)
    assert abs(len(found.light) - len(wanted)) <= 2
    true_time = off(found.light, wanted)
    assert true_time < 60
    if rate_hz <= 50:  # more come close enough to each other anyway
        assert true_time < off(read_waveform(path, rate_hz=rate_hz).light, wanted)


def off(light, wanted):
    """Mean counts between two, without their ends; a beat has 3,000."""
    middle = slice(20, min(len(light), len(wanted)) - 20)
    return np.abs(light[middle] - wanted[middle]).mean()


def test_a_given_rate_goes_before_what_the_file_says_and_a_contradiction_is_told(tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["time_s", "wave"], STAMPS_S * 2, WAVE)
    found = read_waveform(path, rate_hz=50)
    assert is_wave(found.light, wanted)
    assert any("the file says 25 Hz; --rate 50 was taken" in note for note in found.notes)
    archive = tmp_path / "x.npz"
    np.savez(archive, pleth=WAVE, fs_hz=48)
    assert read_waveform(archive, rate_hz=50).notes == []
    np.savez(archive, pleth=WAVE, fs_hz=47)
    assert "47 Hz" in read_waveform(archive, rate_hz=50).notes[0]


def test_a_given_rate_mends_stamps_that_tell_nothing(tmp_path, wanted):
    path = made_waves.write_csv(tmp_path / "x.csv", ["time", "wave"], STAMPS_S // 1, WAVE)
    refused(path, "line 3: time does not rise", "sort by it, or give --rate HZ")
    assert is_wave(read_waveform(path, rate_hz=50).light, wanted)


@pytest.mark.parametrize("rate_hz", [0, -50, 9.9, 1001, float("nan"), float("inf")])
def test_a_rate_that_no_sensor_has_is_refused(rate_hz, tmp_path):
    path = made_waves.write_csv(tmp_path / "x.csv", None, WAVE)
    refused(path, "wanted 10 to 1000 Hz", rate_hz=rate_hz)
    archive = tmp_path / "x.npz"
    np.savez(archive, WAVE, fs_hz=rate_hz)
    refused(archive, "wanted 10 to 1000 Hz")


# -- what is no wave

GOOD = ("1.5", "2.5")
WRONG = {
    "junk": ([GOOD, ("2", "x9"), GOOD], {"column": "ppg"}, ("line 3: 'x9' in ppg", "numbers")),
    "junk unasked": ([GOOD, ("2", "x9")], {}, ("line 3: 'x9' in ppg", "wanted numbers")),
    "infinite": ([GOOD, GOOD, ("2", "-inf")], {"column": "1"}, ("line 4: '-inf'", "numbers")),
    "few cells": ([GOOD, ("2",)], {}, ("line 3: 1 cells", "wanted 2")),
    "many cells": ([GOOD, ("2", "3", "4")], {}, ("line 3: 3 cells", "wanted 2")),
    "no row": ([], {}, ("a heading and no row", "one for each sample")),
    "empty": ([("1", "")] * 600, {"column": "ppg"}, ("no sample in ppg", "wanted a wave")),
    "short": ([GOOD] * 480, {}, ("9.6 s of wave", "wanted 10 s or more")),
    "mostly empty": ([GOOD] * 400 + [("1", "")] * 400, {}, ("8.0 s of wave", "10 s or more")),
    "no column": ([GOOD] * 600, {"column": "green"}, ("no column green", "0 hr, 1 ppg")),
    "no such number": ([GOOD] * 600, {"column": "2"}, ("no column 2", "0 hr, 1 ppg")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_told_with_its_line_and_remedy(what, tmp_path):
    rows, options, told = WRONG[what]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["hr,ppg", *(",".join(row) for row in rows), ""]))
    refused(path, *told, rate_hz=50, **options)


STAMPED = {
    "empty": (["0", "0.02", ""], ("line 4: no time", "--rate HZ")),
    "junk": (["0", "0.02", "late"], ("line 4: 'late' in time", "wanted times")),
    "backwards": (["0", "0.04", "0.02"], ("line 4: time does not rise", "sort by it")),
    "one": (["0"], ("a single sample",)),
    "which unit": (["0", "0.5", "1"], ("steps by 0.5, s or ms?", "time_s or time_ms")),
    "a year": (["0", "0.02", "0.04", "31e6"], ("at most 12 h", "cut the file")),
}


@pytest.mark.parametrize("what", STAMPED)
def test_wrong_stamps_are_told_with_their_line_and_remedy(what, tmp_path):
    stamps, told = STAMPED[what]
    path = made_waves.write_csv(tmp_path / "x.csv", ["time", "ppg"], stamps, WAVE[: len(stamps)])
    refused(path, *told)


def test_stamps_of_a_named_unit_must_be_those_of_a_sensor(tmp_path):
    path = made_waves.write_csv(tmp_path / "x.csv", ["time_ms", "ppg"], STAMPS_S, WAVE)
    refused(path, "50000 samples a second", "wanted 10 to 1000 Hz")


def test_what_is_no_table_at_all_is_told(tmp_path):
    path = tmp_path / "x.csv"
    refused(path, "no such file", "wanted a CSV or an NPZ")
    path.write_bytes(b"")
    refused(path, "empty", "a row for each sample")
    path.write_bytes(b"\x93NUMPY\x01\xff\xfe")
    refused(path, "not a CSV", "in UTF-8, or an NPZ")
    for content in (b"", b"not a zip", b"PK\x05\x06" + bytes(18)):
        archive = tmp_path / "x.npz"
        archive.write_bytes(content)
        refused(archive, "not an NPZ" if content[:2] != b"PK" else "none with numbers")
    np.savez(archive, pleth=np.array([{"a": 1}]))
    refused(archive, "not an NPZ", "numpy.savez")
    np.savez(archive, pleth=np.array(["1"] * 600))
    refused(archive, "none with numbers")
    spoiled = WAVE.copy()
    spoiled[7] = np.inf
    np.savez(archive, pleth=spoiled)
    refused(archive, "sample 7: inf in pleth", rate_hz=50)


def test_a_cut_npz_is_told(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, pleth=WAVE, fs_hz=50)
    path.write_bytes(path.read_bytes()[:2000])
    refused(path, "not an NPZ")


def test_an_unknown_polarity_is_told(tmp_path):
    path = made_waves.write_csv(tmp_path / "x.csv", None, WAVE)
    with pytest.raises(WaveformDamaged, match="--polarity up: there are auto, rise, dip"):
        read_waveform(path, rate_hz=50, polarity="up")


# -- empty cells


def test_a_blank_line_is_a_missing_sample_where_there_is_one_column(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("1\n2\n\n4\n\n\n")
    np.testing.assert_array_equal(read_table(path).columns[0].values, [1, 2, np.nan, 4])
    path.write_text("1,2\n3,4\n\n5,6\n")
    table = read_table(path)
    np.testing.assert_array_equal(table.columns[1].values, [2, 4, 6])
    assert table.where(2) == "line 4"


@pytest.mark.parametrize("empty", ["", "nan", "NaN", "NA", "null", " "])
def test_what_is_written_for_nothing_is_nothing(empty, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"a,b\n1,{empty}\n2,3\n")
    np.testing.assert_array_equal(read_table(path).columns[1].values, [np.nan, 3])
