"""Bonds in the VM: whole or not at all, none before its time, one torn entry costs that one."""

import pytest
from sleepsync.vm import VmError

KEPT = """
from firmware.keep.bonds import OURS, OWN_KEY, PEERS, Bonds

class Store:
    def __init__(self):
        self.saved, self.fails = b"", False

    def load(self):
        return self.saved

    def save(self, data):
        if self.fails:
            raise OSError("full")
        self.saved = bytes(data)

stores = [Store() for _ in range(5)]
one, two = b"\\x01first!", b"\\x01second"

def secret(mark, rand=0):
    return bytes(16) + rand.to_bytes(8, "little") + bytes((mark,)) * 64

def paired(bonds, address, mark=1, rand=0):
    bonds.set_secret(OURS, address, secret(mark, rand))
    bonds.set_secret(PEERS, address, secret(mark + 1, rand))
    return bonds.confirm(1000 + mark)

def known(bonds):
    return [[place, bond.address, bond.since_s] for place, bond in bonds.rows()]

bonds = Bonds(stores)
"""


@pytest.fixture
def kept(run_in):
    return lambda source: run_in(KEPT + source)


def test_what_a_pairing_brings_is_kept_and_read_again(kept):
    found = kept(
        "paired(bonds, one); result = known(Bonds(stores)), bonds.secret(PEERS, 0, one)[30]"
    )
    assert found == [[[0, b"\x01first!", 1001]], 2]


def test_nothing_is_kept_before_it_is_confirmed(kept):
    found = kept("bonds.set_secret(OURS, one, secret(1)); result = stores[0].saved, known(bonds)")
    assert found == [b"", []]


def test_what_is_rejected_is_forgotten(kept):
    found = kept(
        "bonds.set_secret(OURS, one, secret(1)); bonds.reject()\n"
        "result = bonds.secret(OURS, 0, one), bonds.confirm(1)"
    )
    assert found == [None, b""]


def test_a_deleted_bond_is_hidden_until_its_pairing_has_failed(kept):
    found = kept(
        "paired(bonds, one)\n"
        "gone = [bonds.set_secret(OURS, one, None) for _ in range(2)]\n"
        "hidden = bonds.secret(OURS, 0, one)\n"
        "bonds.reject()\n"
        "result = gone, hidden, bonds.secret(OURS, 0, one)[30], known(Bonds(stores))"
    )
    assert found == [[True, False], None, 1, [[0, b"\x01first!", 1001]]]


def test_who_pairs_anew_keeps_the_place(kept):
    found = kept(
        "paired(bonds, one); paired(bonds, two, 5); paired(bonds, one, 9)\nresult = known(bonds)"
    )
    assert found == [[0, b"\x01first!", 1009], [1, b"\x01second", 1005]]


def test_legacy_pairing_is_no_bond(kept):
    assert kept("result = paired(bonds, one, rand=1), known(bonds)") == [b"", []]


def test_a_fifth_is_no_bond(kept):
    found = kept(
        "result = [len(paired(bonds, bytes((1, i)) + bytes(5))) for i in range(5)]\n"
        "result = result, bonds.has_room()"
    )
    assert found == [[7, 7, 7, 7, 0], False]


@pytest.mark.parametrize("place", [0, 1, 5, 12, 40, 120, -1])
def test_a_flipped_bit_costs_that_bond_alone(kept, place):
    found = kept(
        "paired(bonds, one); paired(bonds, two, 5)\n"
        f"torn = bytearray(stores[0].saved); torn[{place}] ^= 4; stores[0].saved = bytes(torn)\n"
        "result = known(Bonds(stores))"
    )
    assert found == [[1, b"\x01second", 1005]]


@pytest.mark.parametrize("length", [0, 1, 2, 13, 100])
def test_an_entry_that_was_cut_off_is_none(kept, length):
    found = kept(
        f"paired(bonds, one); stores[0].saved = stores[0].saved[:{length}]\n"
        "result = known(Bonds(stores))"
    )
    assert found == []


def test_what_cannot_be_kept_is_no_bond(kept):
    found = kept(
        "stores[0].fails = True\n"
        "try:\n    paired(bonds, one)\n    said = ''\n"
        "except OSError as error:\n    said = str(error)\n"
        "result = said, known(bonds)"
    )
    assert found == ["full", []]


def test_what_is_forgotten_is_gone_for_good(kept):
    found = kept("paired(bonds, one); bonds.forget(0); result = known(bonds), known(Bonds(stores))")
    assert found == [[], []]


def test_nobody_is_forgotten_twice(kept):
    with pytest.raises(VmError, match="no such bond"):
        kept("bonds.forget(0)")


def test_the_key_of_the_addresses_is_kept_when_asked_to(kept):
    found = kept(
        "bonds.set_secret(OWN_KEY, b'irk', b'k' * 16); before = stores[4].saved; bonds.keep_key()\n"
        "result = before, Bonds(stores).secret(OWN_KEY, 0, b'irk')"
    )
    assert found == [b"", b"k" * 16]
