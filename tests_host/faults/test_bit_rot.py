"""Bits that turn by themselves: each record of a night once, and a sample of what NVS holds."""

import random

from page_blocks import is_shown, table
from sleepsync.bench.rot import Rot

SEED = 5
ENTRIES = 24


def test_rot_costs_what_it_hits_and_nothing_else(request):
    """A record and its seal's verdict; a setting, a bond, an alarm. What is lost is said to be."""
    with Rot() as rot:
        records = rot.of_records(range(rot.records()), seeds=(SEED,))
    with Rot() as rot:
        some = random.Random(SEED).sample(rot.entries(), ENTRIES)
        entries = rot.of_entries(some, seeds=(SEED,))
    assert records.wrong == []
    assert entries.wrong == []
    rows = [
        ("a record of a night of eight hours", records.tried, "that record, and its seal"),
        ("an entry of NVS", entries.tried, "the setting, alarm, consents or bond it is of"),
    ]
    head = ("what rots", "tried", "what is lost")
    assert is_shown(request, "reliability", "bit-rot", table(head, rows))


def test_an_off_switch_that_rots_is_taken_for_off(at_the_table):
    """NVS calls what has rotted missing: it is asked twice, and then it is no more than rotten."""
    lines = """
import esp32
from firmware.keep.standing import Standing
from firmware.governor.gate import Gate
from hw import storage
from nvs_page import BLOB_DATA
store = storage.Kept("standing")
never = Standing(store).differences(Gate(), 0)
store.save(b"whatever was consented to")
(partition,) = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="nvs")
for page in esp32._storage()._pages:
    for at, item in page.items():
        if item.name == b"standing" and item.type == BLOB_DATA:
            partition.writeblocks(page.number, bytes(4), 64 + 32 * (at + 1))
esp32.power_up()
found = storage.Kept("standing").load()
result = [never, found, [fields.value for _, fields in Standing(store).differences(Gate(), 0)]]
"""
    assert at_the_table(lines) == [[], b"\0", [2]]  # records.STILL_OPEN
