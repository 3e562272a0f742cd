"""A night whose records are of another version: after an update, or when one was taken back."""

import pytest
from sleepsync.paths import records

BEGUN = """
import os
from firmware import records
from firmware.keep import journal
folder = given_folder

class Rtc:
    def __init__(self):
        self.kept = b""
    def memory(self, data=None):
        if data is None:
            return self.kept
        self.kept = bytes(data)

def epoch(i):
    return records.EPOCH.pack(i, *([0] * (len(records.EPOCH.names) - 1)))

rtc = Rtc()
ours = records.VERSION
records.VERSION = version
night, _ = journal.open_night(folder, rtc)
night.begin(0, 1)
for i in range(written):
    night.append(epoch(i))
if written:
    night.flush()
for i in range(written, written + 3):
    night.append(epoch(i))
unwritten = rtc.kept[14:]
records.VERSION = ours
before = b""
if written:
    with open(night.path, "rb") as file:
        before = file.read()
"""
OPEN = (
    BEGUN
    + """
found, goes_on = journal.open_night(folder, rtc)
after = b""
if night.path.split("/")[-1] in os.listdir(folder):
    with open(night.path, "rb") as file:
        after = file.read()
result = [found.night, goes_on, before, after, unwritten]
"""
)


def opened(run_in, tmp_path, version, written):
    return run_in(OPEN, given_folder=str(tmp_path), version=version, written=written)


@pytest.mark.parametrize("version", [records.VERSION + 1, records.VERSION - 1])
@pytest.mark.parametrize("written", [0, 4])
def test_a_night_of_other_records_is_left_and_its_tail_kept_byte_by_byte(
    run_in, tmp_path, version, written
):
    night, goes_on, before, after, unwritten = opened(run_in, tmp_path, version, written)
    assert (night, goes_on) == (2, False)
    assert bytes(after) == bytes(before) + bytes(unwritten)


def test_a_night_of_our_own_records_goes_on(run_in, tmp_path):
    night, goes_on, *_ = opened(run_in, tmp_path, records.VERSION, 4)
    assert (night, goes_on) == (1, True)
