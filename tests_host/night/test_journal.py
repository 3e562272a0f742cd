"""The journal: what is appended is kept, what is damaged is not believed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

SCRIPT = """
import os, vfs
from chips.norflash import NorFlash
from firmware import records
from firmware.keep import journal

class Rtc:
    kept = b""
    def memory(self, data=None):
        if data is None:
            return self.kept
        self.kept = bytes(data)

try:
    vfs.umount("/j")  # of a test that failed before
except OSError:
    pass
flash = NorFlash(256)
vfs.VfsLfs2.mkfs(flash)
vfs.mount(flash, "/j")
rtc = Rtc()

def epoch(i):
    return records.EPOCH.pack(
        i, 0, 90, 600, 30, 9, i % 7, 350, 140, 60, 70, 40, -150, 45, 312, 377
    )

def kept(night):
    return [records.EPOCH.unpack(r).index for k, r in night.replay() if k is records.EPOCH]

def content(night):
    with open(night.path, "rb") as file:
        return file.read()
"""


@pytest.fixture(scope="module")
def shelf(worker):
    """Runs lines after SCRIPT, in a file system of their own."""

    def run(source, **given):
        return worker.call("snippet:run", SCRIPT + source, given)

    return run


def test_everything_appended_is_replayed_in_order(shelf):
    assert shelf("""
night, begun = journal.open_night("/j", rtc)
for i in range(40):
    night.append(epoch(i))
    if night.due():
        night.flush()
result = [begun, kept(night), journal.broken_seals(night.replay()), len(os.listdir("/j"))]
""") == [False, list(range(40)), 0, 1]


def test_a_batch_is_due_after_nine_epochs(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
result = []
for i in range(9):
    result.append(night.due())
    night.append(epoch(i))
result.append(night.due())
""") == [False] * 9 + [True]


def test_a_full_tail_is_written_without_being_asked(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
for i in range(400):
    night.append(epoch(i))
result = [kept(night) == list(range(400)), len(rtc.kept) <= 2048, len(content(night)) > 3000]
""") == [True, True, True]


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from(["epoch", "flush", "reset"]), max_size=60))
def test_a_reset_costs_nothing_that_was_appended(shelf, steps):
    expected, found, broken = shelf(
        """
night, _ = journal.open_night("/j", rtc)
count = 0
for step in steps:
    if step == "epoch":
        night.append(epoch(count))
        count += 1
    elif step == "flush":
        night.flush()
    else:
        night, begun = journal.open_night("/j", rtc)
        assert begun == (count > 0)
night.flush()
result = [count, kept(night), journal.broken_seals(night.replay())]
""",
        steps=steps,
    )
    assert found == list(range(expected))
    assert broken == 0


@settings(max_examples=40, deadline=None)
@given(epochs=st.integers(1, 40), torn=st.integers(0, 700))
def test_torn_rtc_memory_costs_at_most_what_was_torn(shelf, epochs, torn):
    """A write of RTC memory that stops after `torn` bytes, over what stood there before."""
    found, complete = shelf(
        """
night, _ = journal.open_night("/j", rtc)
for i in range(epochs):
    before = rtc.kept
    night.append(epoch(i))
    if night.due():
        night.flush()
after = rtc.kept
torn = min(torn, len(after))
rtc.kept = after[:torn] + before[torn:]
again, begun = journal.open_night("/j", rtc)
result = [kept(again) if begun else [], torn == len(after)]
""",
        epochs=epochs,
        torn=torn,
    )
    assert found == list(range(len(found)))
    batch = 9
    written = epochs // batch * batch
    assert written <= len(found) <= epochs
    assert not complete or len(found) == epochs


def test_a_flush_that_got_through_before_a_reset_is_not_repeated(shelf):
    """The file has the batch, RTC memory still has it too: it is there once."""
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
for i in range(9):
    night.append(epoch(i))
before = rtc.kept
night.flush()
rtc.kept = before
again, begun = journal.open_night("/j", rtc)
again.append(epoch(9))
again.flush()
result = [kept(again), journal.broken_seals(again.replay())]
""") == [list(range(10)), 0]


def test_a_refused_write_loses_nothing(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
for i in range(9):
    night.append(epoch(i))
path, night.path = night.path, "/j/no/such/folder"
try:
    night.flush()
    refused = False
except OSError:
    refused = True
night.path = path
night.flush()
result = [refused, kept(night), journal.broken_seals(night.replay())]
""") == [True, list(range(9)), 0]


def test_an_ended_night_is_followed_by_a_new_one(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
night.append(epoch(0))
night.append(records.EVENT.pack(30000, records.STOP, 0, 0))
night.flush()
second, begun = journal.open_night("/j", rtc)
result = [night.night, second.night, begun]
""") == [1, 2, False]


def test_an_unended_night_goes_on_even_if_all_of_it_is_in_rtc_memory(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
night.append(epoch(0))
again, begun = journal.open_night("/j", rtc)
result = [again.night, begun, kept(again)]
""") == [1, True, [0]]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bit_rot_costs_the_record_it_hits_and_breaks_its_seal(shelf, data):
    at = data.draw(st.integers(0, 535))
    bit = data.draw(st.integers(0, 7))
    found, damaged, broken = shelf(
        """
night, _ = journal.open_night("/j", rtc)
for i in range(36):
    night.append(epoch(i))
    if night.due():
        night.flush()
raw = bytearray(content(night))
raw[at] ^= 1 << bit
parsed = list(journal.parse((bytes(raw),)))
result = [
    [records.EPOCH.unpack(r).index for k, r in parsed if k is records.EPOCH],
    sum([len(r) for k, r in parsed if not k]),
    journal.broken_seals(parsed),
]
""",
        at=at,
        bit=bit,
    )
    assert len(set(range(36)) - set(found)) <= 1
    assert 0 < damaged <= records.LONGEST
    assert broken >= 1


@pytest.mark.parametrize("forgery", ["cut", "swap", "alter", "insert"])
def test_the_chain_tells_of_forged_records(shelf, forgery):
    """Records that are whole, with good CRCs, but not the ones that were sealed."""
    assert (
        shelf(
            """
night, _ = journal.open_night("/j", rtc)
for i in range(36):
    night.append(epoch(i))
    if night.due():
        night.flush()
rows = list(night.replay())
if forgery == "cut":
    del rows[12]
elif forgery == "swap":
    rows[12], rows[13] = rows[13], rows[12]
elif forgery == "alter":
    rows[12] = (records.EPOCH, epoch(999))
else:
    rows.insert(12, (records.EPOCH, epoch(999)))
result = journal.broken_seals(rows)
""",
            forgery=forgery,
        )
        == 1
    )


@given(st.data())
def test_records_come_back_as_they_went(data):
    layout = data.draw(st.sampled_from(records.LAYOUTS[1:]))
    values = data.draw(
        st.tuples(
            *[
                {
                    "B": st.integers(0, 255),
                    "H": st.integers(0, 65535),
                    "h": st.integers(-(2**15), 2**15 - 1),
                    "I": st.integers(0, 2**32 - 1),
                    "i": st.integers(-(2**31), 2**31 - 1),
                    "s": st.binary(min_size=12, max_size=12),
                }[code]
                for code in layout.format.strip("<0123456789")
            ]
        )
    )
    packed = layout.pack(*values)
    assert records.whole(packed, 0) is layout
    assert tuple(layout.unpack(packed)) == values
    assert len(packed) == layout.bytes <= records.LONGEST
    assert all(records.whole(packed[:n], 0) is None for n in range(len(packed)))


LARGEST = (959, 511, 100, 1800, 90, 255, 65535, 120_000_000, -4500, 100, 1200, 1300)


def test_vm_and_desktop_pack_alike(worker):
    for values in ((0,) * 12, LARGEST):
        assert worker.call("firmware.records:EPOCH.pack", *values) == records.EPOCH.pack(*values)
