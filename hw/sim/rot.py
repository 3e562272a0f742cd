"""Bits that turn by themselves: in each record of a night, and in each entry of NVS.

What is found afterwards is found by the firmware. Some bits, up to three, are drawn by a seed.
"""

import random

import scheduler

scheduler.install()

import esp32
from deeds import journal as made
from deeds import kept
from nvs_page import ENTRIES, ENTRY_BYTES, Page
from supply import Supply

_FIRST_ENTRY = 64  # of a page
_MOST_BITS = 3

_supply = _batches = None


def begin(image: str, tree: str, epochs: int) -> int:
    """A puck with a night of so many epochs; how many records it has."""
    global _supply, _batches
    _supply = Supply(image, tree)
    _supply.on()
    night = made.open_night()
    made.fill(night, epochs)
    made.end(night)
    _batches = _in_batches(made.content(1))
    return sum([len(rows) for _, rows in _batches])


def rot_record(number: int, seed: int) -> tuple:
    """(records lost beside the one that rots, whether that one is believed, broken seals, whether
    it is the last seal) of record `number` of the night, whose batch and the next are read.
    """
    for at, (seal, rows) in enumerate(_batches):
        if number < len(rows):
            behind = _batches[at + 1][1] if at + 1 < len(_batches) else []
            is_end = not behind and number == len(rows) - 1
            near = [record for _, record in rows + behind]
            return _judged(seal, near, number, seed) + (is_end,)  # noqa: RUF005 (not in this VM)
        number -= len(rows)


def _judged(seal, records_, number, seed):
    from hashlib import sha256

    from firmware.keep import journal

    rotten = _turned(records_[number], seed)
    raw = b"".join([rotten if i == number else record for i, record in enumerate(records_)])
    seals, found = journal.Seals(), []
    seals._digest = sha256(seal)
    for kind, record in journal.parse((raw,)):
        seals.look(kind, record)
        if kind:
            found.append(bytes(record))
    lost = [i for i, record in enumerate(records_) if i != number and record not in found]
    return len(lost), rotten in found, seals.broken


def _in_batches(content):
    """[(the seal before, its rows)], each row a (layout, bytes)."""
    from firmware import records
    from firmware.keep import journal

    batches, rows, seal = [], [], bytes(12)
    for kind, record in journal.parse((content,)):
        rows.append((kind, bytes(record)))
        if kind is records.SEAL:
            batches.append((seal, rows))
            seal, rows = kind.unpack(record).digest, []
    return batches


def begin_nvs(image: str, tree: str) -> list:
    """A puck that keeps settings, alarms, consents and bonds: its entries, [(page, entry)]."""
    global _supply
    _supply = Supply(image, tree)
    _supply.on()
    for name, value in kept.Settings().round(1):
        kept.settings().set(name, value)
    for name in ("standing", "alarm"):
        kept.kept(name).save(_framed(name))
    for number in (1, 2):
        kept.pair(kept.bonds(), number, 100 * number)
    _supply.flash.remember()
    (partition,) = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="nvs")
    pages = [Page(partition, number) for number in range(partition.ioctl(4, 0))]
    return [(page.number, i) for page in pages for i in range(ENTRIES) if page._state_of(i) == 2]


def rot_entry(page: int, entry: int, seed: int) -> list:
    """[what changed], of all that is kept, [["name", "gone" or what it is now]]."""
    _supply.off()
    _supply.flash.put_back()
    _supply.on()
    before = _all()
    (partition,) = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="nvs")
    sector = partition.info()[2] // 4096 + page
    _turn(sector, _FIRST_ENTRY + entry * ENTRY_BYTES, seed)
    _supply.off()
    _supply.on()
    after = _all()
    return [[name, after[name]] for name in sorted(before) if after[name] != before[name]]


def _turn(sector, at, seed):
    flash = _supply.flash
    raw = bytearray(4096)
    flash.readblocks(sector, raw)
    raw[at : at + ENTRY_BYTES] = _turned(raw[at : at + ENTRY_BYTES], seed)
    flash.ioctl(6, sector)
    flash.writeblocks(sector, raw)


def _turned(raw, seed):
    random.seed(seed)
    rotten = bytearray(raw)
    bits = set()
    while len(bits) < 1 + seed % _MOST_BITS:
        bits.add(random.randrange(8 * len(rotten)))
    for bit in bits:
        rotten[bit // 8] ^= 1 << bit % 8
    return bytes(rotten)


def _framed(name):
    from firmware import records

    body = name.encode() * 5
    return body + bytes([records.checksum(body) & 255, records.checksum(body) >> 8])


def _all():
    """{name: "gone", "default", or what is kept under it}."""
    from firmware.keep.settings import ROWS

    its = kept.settings()
    found = {}
    for row in ROWS:
        value = its.get(row.name)
        found[row.name] = "default" if value == row.default else value
    for name in ("standing", "alarm"):
        saved = kept.kept(name).load()
        found[name] = {_framed(name): "whole", b"": "gone", b"\0": "rotten"}.get(saved, "other")
    owners = {bond.address[1]: bond for _, bond in kept.bonds().rows()}
    for number in (1, 2):
        bond = owners.get(number)
        is_whole = bond and bond.secrets == kept.secrets(number, 100 * number)
        found["bond%d" % number] = "whole" if is_whole else "other" if bond else "gone"
    return found
