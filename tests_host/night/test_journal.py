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

def score(i):
    return records.SCORE.tuple(i, records.LIGHT, 25, 200, 20, 10)

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


NIGHT = """
night, _ = journal.open_night("/j", rtc)
batches, ends, count = [], [], 0
for i in range(epochs):
    night.append(epoch(i))
    if i % every == 0:
        night.append(records.EVENT.pack(i, records.PRESSED, 9, 0))
    if i >= 10:
        night.score(score(i - 10))
    count += 1
    if night.due():
        night.flush()
        batches.append(count)
        ends.append(len(content(night)))
        count = 0
"""


@settings(max_examples=20, deadline=None)
@given(every=st.integers(10, 200))
def test_a_batch_is_due_after_nine_epochs_at_the_latest(shelf, every):
    """With an event now and then. Few are shorter, since each costs a copy."""
    batches = shelf(NIGHT + "result = batches", epochs=500, every=every)
    assert max(batches) <= 9
    assert sum(batches) / len(batches) > 8


def test_batches_end_with_their_block(shelf):
    """Else the next one would copy what hangs over, again and again."""
    source = NIGHT + "result = [ends, [journal.block_end(n) for n in range(0, 40000, 1000)]]"
    ends, blocks = shelf(source, epochs=960, every=1000)
    for block in {end for end in blocks if end < ends[-1]}:
        assert min(end - block for end in ends if end >= block) <= 53


def test_a_block_ends_where_littlefs_begins_a_new_one(shelf):
    """An append just before copies nearly 4 KiB, one just there copies nothing."""
    before, there = shelf("""
costs = []
for less in (1, 0):
    for block in range(9):
        size = journal.block_end(block * 4090) - less
        with open("/j/x", "wb") as file:
            for _ in range(size):
                file.write(b"x")
        flash.programmed_bytes = 0
        with open("/j/x", "ab") as file:
            file.write(b"x")
        costs.append(flash.programmed_bytes)
        os.remove("/j/x")
result = [costs[:9], costs[9:]]
""")
    assert min(before) > 4000
    assert max(there) < 200


def test_a_night_programs_less_than_its_blocks_over_and_over(shelf):
    """Of 960 epochs, without file times, as hw/storage.py mounts it."""
    mount = """
vfs.umount("/j")
vfs.mount(vfs.VfsLfs2(flash, mtime=False), "/j")
flash.programmed_bytes = 0
"""
    programmed, size = shelf(
        mount + NIGHT + "result = [flash.programmed_bytes, len(content(night))]",
        epochs=960,
        every=1000,
    )
    assert programmed < 7.75 * size


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.sampled_from(["epoch", "score", "flush"]), max_size=80))
def test_scores_come_in_order_whenever_their_runs_end(shelf, steps):
    given, found, broken, longest = shelf(
        """
night, _ = journal.open_night("/j", rtc)
count = scores = 0
for step in steps:
    if step == "epoch":
        night.append(epoch(count))
        count += 1
    elif step == "score":
        night.score(score(scores))
        scores += 1
    else:
        night.flush()
rows = [kind.rows(record) for kind, record in night.replay() if kind is records.SCORE]
night.flush()
longest = max([0] + [len(row) for row in rows])
result = [scores, sum(rows, []), journal.broken_seals(night.replay()), longest]
""",
        steps=steps,
    )
    assert [tuple(row) for row in found] == [(i, 4, 25, 200, 20, 10) for i in range(given)]
    assert broken == 0
    assert longest <= records.RUN


def test_a_refused_write_loses_no_score(shelf):
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
for i in range(5):
    night.append(epoch(i))
    night.score(score(i))
path, night.path = night.path, "/j/no/such/folder"
try:
    night.flush()
    refused = False
except OSError:
    refused = True
night.path = path
night.flush()
rows = [kind.rows(record) for kind, record in night.replay() if kind is records.SCORE]
result = [refused, [len(row) for row in rows]]
""") == [True, [5]]


def test_a_run_that_cannot_be_written_keeps_its_scores(shelf):
    """The tail is full and the flash refuses: the ninth score ends a run that is not lost."""
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
i = 0
while night._end + records.EPOCH.bytes <= 2048 - 20:
    night.append(epoch(i))
    i += 1
path, night.path = night.path, "/j/no/such/folder"
refused = 0
for i in range(9):
    try:
        night.score(score(i))
    except OSError:
        refused += 1
night.path = path
night.flush()
rows = [kind.rows(record) for kind, record in night.replay() if kind is records.SCORE]
result = [refused, [len(row) for row in rows]]
""") == [1, [9]]


def test_scores_that_a_full_flash_does_not_take_make_room_for_those_to_come(shelf):
    """A record holds nine: what cannot be written for longer than that is lost, the oldest first,
    and the night goes on.
    """
    assert shelf("""
night, _ = journal.open_night("/j", rtc)
night.append(epoch(0))
kept, refused = night.append, 0
def refuse(record):
    raise OSError(28)
night.append = refuse
for i in range(30):
    try:
        night.score(score(i))
    except OSError:
        refused += 1
night.append = kept
night.end_run()
night.flush()
rows = [row.index for kind, record in night.replay() if kind is records.SCORE
        for row in kind.rows(record)]
result = [refused > 0, rows]
""") == [True, list(range(21, 30))]


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
    found, complete, written = shelf(
        """
night, _ = journal.open_night("/j", rtc)
written = 0
for i in range(epochs):
    before = rtc.kept
    night.append(epoch(i))
    if night.due():
        night.flush()
        written = i + 1
after = rtc.kept
torn = min(torn, len(after))
rtc.kept = after[:torn] + before[torn:]
again, begun = journal.open_night("/j", rtc)
result = [kept(again) if begun else [], torn == len(after), written]
""",
        epochs=epochs,
        torn=torn,
    )
    assert found == list(range(len(found)))
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
    packed = layout.pack(values) if layout is records.SCORE else layout.pack(*values)
    assert records.whole(packed, 0) is layout
    assert tuple(layout.unpack(packed)) == values
    assert len(packed) == layout.bytes <= records.LONGEST
    assert all(records.whole(packed[:n], 0) is None for n in range(len(packed)))


def a_run_of(n):
    return [records.SCORE.tuple(700 + i, i % 7, i, 255 - i, 2 * i, 0) for i in range(n)]


@pytest.mark.parametrize("n", range(1, 10))
def test_runs_come_back_as_they_went(n):
    packed = records.SCORE.pack(*a_run_of(n))
    assert records.whole(packed, 0) is records.SCORE
    assert records.SCORE.rows(packed) == a_run_of(n)
    assert len(packed) == records.length(packed, 0) <= records.LONGEST
    assert all(records.whole(packed[:n], 0) is None for n in range(len(packed)))


def test_a_run_that_is_too_long_or_cut_between_scores_is_not_believed():
    too_long = records.SCORE.pack(*a_run_of(10))
    assert records.whole(too_long, 0) is None
    body = bytes((records.SCORE.type, 8)) + bytes(8)
    assert records.whole(body + records.checksum(body).to_bytes(2, "little"), 0) is None


LARGEST = (
    *(959, 2047, 100, 1800, 90, 255, 65535, 3000, 240, 100, 255),
    *(120_000_000, -4500, 100, 1200, 1300),
)


def test_vm_and_desktop_pack_alike(worker):
    for values in ((0,) * 16, LARGEST):
        assert worker.call("firmware.records:EPOCH.pack", *values) == records.EPOCH.pack(*values)
    for n in (1, 9):
        run = a_run_of(n)
        assert worker.call("firmware.records:SCORE.pack", *run) == records.SCORE.pack(*run)
