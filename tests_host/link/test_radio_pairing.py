"""Pairing with the small peripheral: who may do what after which kind, and what is kept of it."""

import asyncio
import struct

import pytest
from bumble.core import ProtocolError
from bumble.hci import Address, HCI_Error
from bumble.keys import MemoryKeyStore
from in_the_air import (
    ACTION,
    ADDRESS,
    AUTHENTICATE,
    DISCONNECT,
    ENCRYPT,
    ENCRYPTION,
    GET,
    NOT_PERMITTED_READ,
    NOT_PERMITTED_WRITE,
    PASSKEY,
    SET,
    WRITTEN,
    characteristic,
    in_the_air,
    met,
    peripheral,
    read,
    write,
)
from sleepsync.radio import central, connect
from sleepsync.radio.bonds import SECRET_BYTES, Secret
from sleepsync.radio.central import BUTTONS, EVERYTHING, KEYBOARD, NOTHING, SCREEN

pytestmark = pytest.mark.link

OPEN, TOLD, ENCRYPTED, AUTHENTICATED, READABLE = 2, 3, 4, 5, 6
IDENTITY = "01" + "0100e3e2e1e0"  # of central 1, as NimBLE has it


async def rights(peer):
    """The errors of reading and writing what wants encryption, and what wants authentication."""
    return [
        error
        for number in (ENCRYPTED, AUTHENTICATED)
        for error in ((await read(peer, number))[1], await write(peer, number, b"1"))
    ]


ALL, NONE = [0, 0, 0, 0], [AUTHENTICATE] * 4
ENCRYPTED_ONLY = [0, 0, AUTHENTICATE, AUTHENTICATE]


async def secrets_of(puck):
    """{type: secret} of the peer that is bonded."""
    rows = await puck.does("[[k[0], v.hex()] for k, v in secrets.items() if k[0] < 3]")
    return {kind: bytes.fromhex(value) for kind, value in rows}


@in_the_air
async def test_a_stranger_reads_and_writes_only_what_is_open(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        assert await rights(peer) == NONE
        assert await read(peer, OPEN) == (b"hello", 0)
        assert await write(peer, READABLE, b"1") == NOT_PERMITTED_WRITE
        await write(peer, AUTHENTICATED, b"evil", with_response=False)
        await read(peer, OPEN)  # the write came before it
        assert puck.of(WRITTEN) == []
        assert await puck.does("bytes(ble.gatts_read(authenticated)).decode()") == "top secret"


@in_the_air
async def test_what_cannot_be_read_is_told_apart(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        await puck.does("ble.gap_advertise(None)")
        await puck.does("ble.gatts_register_services(((uuid(1), ((uuid(2), WRITE),)),))")
        await puck.does("advertise()")
        _, peer = await met(air)
        assert await read(peer, OPEN) == (None, NOT_PERMITTED_READ)


@in_the_air
async def test_the_passkey_opens_everything(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air)
        await connection.pair()
        await puck.until(SET, 3)
        assert await rights(peer) == ALL
        kinds = [event[0] for event in puck.events if event[0] in (ACTION, ENCRYPTION, SET)]
        assert kinds[1:] == [ACTION, ENCRYPTION, SET, SET]  # after its own key
        assert puck.of(ACTION) == [[0, 3, 0]]
        assert puck.of(ENCRYPTION) == [[0, 1, 1, 1, 16]]
        assert puck.of(SET)[1:] == [[1, IDENTITY, True], [2, IDENTITY, True]]
        kept = await secrets_of(puck)
    ours, theirs = Secret.unpacked(kept[1]), Secret.unpacked(kept[2])
    assert ours.ltk == theirs.ltk != b""
    assert (ours.ediv, ours.rand) == (0, 0)
    assert ours.is_authenticated and ours.is_secure_connections
    assert theirs.irk == connection.device.irk


@pytest.mark.parametrize("io", [NOTHING, SCREEN, BUTTONS])
@in_the_air
async def test_just_works_encrypts_and_authenticates_nobody(air, tmp_path, io):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air, io=io, mitm=False)
        await connection.pair()
        await puck.until(SET, 3)
        assert await rights(peer) == ENCRYPTED_ONLY
        assert puck.of(ACTION) == []
        assert puck.of(ENCRYPTION) == [[0, 1, 0, 1, 16]]
        ours = Secret.unpacked((await secrets_of(puck))[1])
    assert (ours.is_authenticated, ours.is_secure_connections) == (False, True)


@in_the_air
async def test_legacy_pairing_shows_in_what_is_kept(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air, secure=False)
        await connection.pair()
        await puck.until(SET, 3)
        assert await rights(peer) == ALL
        data = (await secrets_of(puck))[1]
        assert len(data) == SECRET_BYTES
        ediv, rand = struct.unpack_from("<H", data, 12)[0], struct.unpack_from("<Q", data, 16)[0]
        assert data[80] == 1  # authenticated, no Secure Connections
        assert ediv and rand
        await connection.disconnect()
        connection, peer = await connect(connection.device)
        await connection.encrypt()
        assert await rights(peer) == ALL


@in_the_air
async def test_a_wrong_passkey_opens_nothing(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air)
        connection.device.person.passkey = PASSKEY + 1
        with pytest.raises(ProtocolError):
            await connection.pair()
        assert await puck.until(ENCRYPTION) == [0, 0, 0, 0, 0]
        assert await rights(peer) == NONE
        assert len(puck.of(SET)) == 1  # its own key


@in_the_air
async def test_a_passkey_that_nobody_gives_ends_after_half_a_minute(air, tmp_path):
    async with peripheral(air, tmp_path, speed=20) as puck:
        await puck.does("passkey = None")
        connection, peer = await met(air)
        begun = asyncio.get_running_loop().time()
        with pytest.raises(ProtocolError):
            await connection.pair()
        assert 1 <= asyncio.get_running_loop().time() - begun <= 6
        assert await puck.until(ENCRYPTION) == [0, 0, 0, 0, 0]
        assert await rights(peer) == NONE


@in_the_air
async def test_a_passkey_that_comes_late_is_as_good(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        await puck.does("passkey = None")
        connection, _ = await met(air)
        pairing = asyncio.create_task(connection.pair())
        await puck.until(ACTION)
        assert await puck.does("ble.gap_passkey(0, 2, 123456)") == [2]  # it was not asked to type
        assert await puck.does("ble.gap_passkey(0, 3, 123456)") is None
        await pairing
        assert await puck.does("ble.gap_passkey(0, 3, 123456)") == [2]  # nobody waits any more


@in_the_air
async def test_who_shows_and_types_is_asked_for_the_passkey_too(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air, io=EVERYTHING)
        await connection.pair()
        await puck.until(SET, 3)
        assert await rights(peer) == ALL


@in_the_air
async def test_a_bond_outlives_a_power_cut_and_so_does_the_private_address_s_key(air, tmp_path):
    phone = await central(air, passkey=PASSKEY)
    async with peripheral(air, tmp_path) as puck:
        first, _ = await connect(phone)
        before = first.peer_address
        await first.pair()
        await puck.until(SET, 3)
    async with peripheral(air, tmp_path) as puck:
        again, peer = await connect(phone)
        assert before.is_resolvable
        assert str(again.peer_address) == ADDRESS + "/P"  # recognised
        assert again.peer_resolvable_address != before  # though it hides anew
        assert await rights(peer) == [ENCRYPT] * 4
        await again.encrypt()
        assert await puck.until(ENCRYPTION) == [0, 1, 1, 1, 16]
        assert await rights(peer) == ALL
        assert puck.of(ACTION) == puck.of(SET) == []
        assert puck.of(GET)[0][:3] == [10, 0, "69726b"]


@in_the_air
async def test_just_works_stays_just_works_when_it_comes_back(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air, io=NOTHING, mitm=False)
        await connection.pair()
        await puck.until(SET, 3)
        await connection.disconnect()
        connection, peer = await connect(connection.device)
        assert await rights(peer) == [ENCRYPT] * 4  # of the connection before nothing is left
        await connection.encrypt()
        assert await puck.until(ENCRYPTION, 2) == [0, 1, 0, 1, 16]
        assert await rights(peer) == ENCRYPTED_ONLY


@in_the_air
async def test_a_bond_that_the_puck_has_lost_encrypts_nothing(air, tmp_path):
    phone = await central(air, passkey=PASSKEY)
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await connect(phone)
        await connection.pair()
        await puck.until(SET, 3)
    keys = await phone.keystore.get(ADDRESS + "/P")
    (tmp_path / "bonds.json").unlink()
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await connect(phone)  # under a key that the phone does not know
        assert connection.peer_address.is_resolvable
        await phone.keystore.update(str(connection.peer_address), keys)
        with pytest.raises((HCI_Error, asyncio.CancelledError)):
            await connection.encrypt()
        assert await rights(peer) == NONE


@in_the_air
async def test_a_bond_that_the_phone_has_lost_is_made_anew(air, tmp_path):
    """The old one is deleted first, before anybody has proved anything: so does MicroPython."""
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air)
        await connection.pair()
        await puck.until(SET, 3)
        await connection.disconnect()
        await puck.until(DISCONNECT)
        connection.device.keystore = MemoryKeyStore()
        again, peer = await connect(connection.device)
        await again.pair()
        assert await rights(peer) == ALL
        sets = puck.of(SET)[3:]
        delete = [[kind, IDENTITY, False] for kind in (1, 1, 2, 2)]  # until there is none
        assert sets == [*delete, [1, IDENTITY, True], [2, IDENTITY, True]]


@in_the_air
async def test_a_phone_with_a_private_address_is_known_by_its_identity(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        phone = await central(air, passkey=PASSKEY)
        phone.le_privacy_enabled = True
        await phone.power_off()
        await phone.power_on()
        connection, _ = await connect(phone)
        stranger = (await puck.until(1))[2]
        await connection.pair()
        await puck.until(SET, 3)
        await connection.disconnect()
        assert (await puck.until(DISCONNECT))[2] == "e0e1e2e30001"
        await phone.update_rpa()
        await connect(phone)
        assert (await puck.until(1, 2))[1:] == [1, "e0e1e2e30001"]
        assert stranger != "e0e1e2e30001"


@in_the_air
async def test_five_clients_of_every_kind_at_once_stay_apart(air, tmp_path):
    """Four connections is what the chip has; the fifth comes when one has gone."""
    kinds = [
        ({}, ALL),
        ({"io": NOTHING, "mitm": False}, ENCRYPTED_ONLY),
        ({"secure": False}, ALL),
        (None, NONE),
        ({"io": KEYBOARD}, ALL),
    ]
    async with peripheral(air, tmp_path) as puck:
        people = []
        for number, (options, allowed) in enumerate(kinds, 1):
            if number == 5:
                await people[0][0].disconnect()
                await puck.until(DISCONNECT)
            elif number > 1:
                await puck.does("advertise()")
            connection, peer = await met(air, number, **(options or {}))
            if options is not None:
                await connection.pair()
            people.append((connection, peer, allowed))
        found = await asyncio.gather(*(rights(peer) for _, peer, _ in people[1:]))
        assert found == [allowed for *_, allowed in people[1:]]


@in_the_air
async def test_a_peer_that_vanishes_in_mid_pairing_leaves_nothing(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        await puck.does("passkey = None")
        connection, _ = await met(air)
        pairing = asyncio.create_task(connection.pair())
        await puck.until(ACTION)
        connection.device.controller.vanish()
        await puck.until(DISCONNECT)
        pairing.cancel()
        await puck.does("passkey = 123456")
        other, peer = await met(air, 2)
        await other.pair()
        assert await rights(peer) == ALL


@in_the_air
async def test_subscribing_needs_no_rights_and_is_forgotten_with_the_connection(air, tmp_path):
    """As in NimBLE: what must not be heard by everybody must not be sent to everybody."""
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air)
        heard = []
        await characteristic(peer, AUTHENTICATED).subscribe(lambda value: heard.append(value))
        await puck.does("ble.gatts_write(authenticated, b'to all', True)")
        await read(peer, OPEN)
        assert heard == [b"to all"]
        await connection.disconnect()
        await puck.until(DISCONNECT)
        connection, peer = await connect(connection.device)
        subscription = await characteristic(peer, AUTHENTICATED).discover_descriptors()
        assert await subscription[0].read_value() == b"\0\0"
        await puck.does("ble.gatts_write(authenticated, b'to none', True)")
        await read(peer, OPEN)
        assert heard == [b"to all"]


def test_a_secret_is_packed_as_nimble_lays_it_out():
    """struct ble_store_value_sec: ediv at 12, rand 16, LTK 24, IRK 41, CSRK 58, flags 80."""
    secret = Secret(
        Address("E0:E1:E2:E3:00:01"), b"L" * 16, b"I" * 16, b"", 0x1234, 0x56, True, False
    )
    data = secret.packed()
    assert len(data) == SECRET_BYTES == 88
    assert data[:7].hex() == IDENTITY
    assert (data[10], data[12:14], data[16]) == (16, b"\x34\x12", 0x56)
    assert (data[24:40], data[40], data[41:57], data[57]) == (b"L" * 16, 1, b"I" * 16, 1)
    assert (data[58:75], data[80]) == (bytes(17), 1)
    assert Secret.unpacked(data) == secret
