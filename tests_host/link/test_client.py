"""The client through bleak's backend on Bumble, against a peripheral that can be harmed."""

import asyncio
import struct
from contextlib import asynccontextmanager

import pytest
from bumble.pairing import PairingDelegate
from sleepsync.link import backend, client, doing, finding, gatt, transfer
from sleepsync.link.client import Puck
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.link.finding import Adapter, find, is_paired
from sleepsync.link.frames import Code, Message, Status, fragments, packed
from sleepsync.link.pairing import pair
from sleepsync.paths import records
from standin import PASSKEY, standing_in

pytestmark = pytest.mark.link
NIGHT = "nights/0001.night"


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No time is spent on listening for a second puck."""
    monkeypatch.setattr(finding, "_LINGER_S", 0.01)


def radio_of(central):
    scanner, its_client = backend.classes(central)
    return Adapter("test", {"backend": scanner}, {"backend": its_client}, central)


async def typed():
    return PASSKEY


@asynccontextmanager
async def paired():
    """(stand-in, adapter, the puck as it was found), after a pairing."""
    async with standing_in() as (standin, central):
        radio = radio_of(central)
        device = await pair(radio, None, 5, typed, print)
        yield standin, radio, device


@asynccontextmanager
async def talking():
    async with paired() as (standin, radio, device), Puck(device, **radio.connect) as puck:
        yield standin, puck


def harmed(kind):
    """A function that harms the next answer only."""
    left = [True]

    def harm(pieces):
        if not left or kind == "silent":
            return [] if kind == "silent" else pieces
        left.clear()
        last = bytearray(pieces[-1])
        last[-1] ^= 1
        return {"bit": [*pieces[:-1], bytes(last)], "lost": [pieces[0], *pieces[2:]]}[kind]

    return harm


def test_an_unpaired_desktop_is_told_how_to_pair():
    async def run():
        async with standing_in() as (_, central):
            radio = radio_of(central)
            device = await find(radio, None, 5)
            assert not is_paired(device)
            with pytest.raises(LinkError, match="three times, slowly") as caught:
                async with Puck(device, **radio.connect):
                    pass
            assert caught.value.status == Trouble.NOT_PAIRED

    asyncio.run(run())


def test_the_passkey_pairs_and_the_bond_holds():
    async def run():
        async with paired() as (standin, radio, _):
            device = await find(radio, None, 5)
            assert is_paired(device)
            async with Puck(device, **radio.connect) as puck:
                assert puck.link.version == 1
                first = puck.link.session
            async with Puck(device, **radio.connect) as puck:
                assert puck.link.session != first
            assert len(await standin.device.keystore.get_all()) == 1

    asyncio.run(run())


@pytest.mark.parametrize(
    ("number", "why"), [(PASSKEY + 1, "the digits were others"), (None, "nobody typed")]
)
def test_a_wrong_passkey_and_none_are_refused(number, why):
    async def run():
        async def wrong():
            return number

        async with standing_in() as (_, central):
            with pytest.raises(LinkError, match=f"{why}.*press again") as caught:
                await pair(radio_of(central), None, 5, wrong, print)
            assert caught.value.status == Trouble.PAIRING
            assert await central.keystore.get_all() == []

    asyncio.run(run())


def test_what_asks_for_no_digits_is_no_puck():
    async def run():
        async with standing_in() as (standin, central):
            standin.shows = PairingDelegate.NO_OUTPUT_NO_INPUT
            with pytest.raises(LinkError, match="asked for no digits") as caught:
                await pair(radio_of(central), None, 5, typed, print)
            assert caught.value.status == Trouble.PAIRING
            assert await central.keystore.get_all() == []

    asyncio.run(run())


def test_a_puck_that_hangs_up_while_nobody_types_is_told_at_once():
    async def run():
        async with standing_in() as (standin, central):

            async def never():
                standin.leaving = asyncio.ensure_future(standin.hang_up())
                await asyncio.Event().wait()

            with pytest.raises(LinkError, match="too late") as caught:
                await asyncio.wait_for(pair(radio_of(central), None, 5, never, print), 5)
            assert caught.value.status == Trouble.PAIRING

    asyncio.run(run())


def test_a_bond_that_the_puck_lost_is_made_anew():
    async def run():
        said = []
        async with paired() as (standin, radio, _):
            await standin.device.keystore.delete_all()
            await pair(radio, None, 5, typed, said.append)
            assert said == [
                "It has forgotten this desktop, so this desktop forgets it, too, and pairs anew."
            ]
            async with Puck(await find(radio, None, 5), **radio.connect):
                pass

    asyncio.run(run())


def test_a_night_is_pulled_and_is_the_same(tmp_path):
    async def run():
        async with talking() as (standin, puck):
            target = tmp_path / "0001.night"
            seen = []
            whole = standin.files[NIGHT]
            sent = await transfer.pull(puck, NIGHT, len(whole), target, lambda *at: seen.append(at))
            assert target.read_bytes() == whole and sent == len(whole)
            assert seen[-1] == (len(whole), len(whole))
            assert await transfer.pull(puck, NIGHT, len(whole), target, lambda *_: None) == 0
            standin.files[NIGHT] = whole + b"more"
            assert await transfer.pull(puck, NIGHT, len(whole) + 4, target, lambda *_: None) == 4
            assert target.read_bytes() == whole + b"more"
            assert list(tmp_path.iterdir()) == [target]

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["bit", "lost"])
def test_a_damaged_piece_is_asked_for_again(kind, tmp_path):
    async def run():
        async with talking() as (standin, puck):
            whole, target = standin.files[NIGHT], tmp_path / "0001.night"
            standin.harm = harmed(kind)
            await transfer.pull(puck, NIGHT, len(whole), target, lambda *_: None)
            assert target.read_bytes() == whole

    asyncio.run(run())


WHOLE = struct.pack("<II", 0, 4096) + NIGHT.encode()


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("bit", Trouble.DAMAGED, "damaged on the way"),
        ("lost", Trouble.DAMAGED, "damaged on the way"),
        ("silent", Trouble.SILENT, "no answer within"),
    ],
)
def test_damage_and_silence_have_words_of_their_own(kind, status, words, monkeypatch):
    monkeypatch.setattr(client, "_PATIENCE_S", 0.2)

    async def run():
        async with talking() as (standin, puck):
            standin.harm = harmed(kind)
            with pytest.raises(LinkError, match=words) as caught:
                await puck.ask(Code.READ, WHOLE)
            assert caught.value.status == status
            standin.harm = None
            assert await puck.ask(Code.READ, WHOLE) == standin.files[NIGHT][:4096]

    asyncio.run(run())


def test_a_lost_connection_is_told_at_once():
    async def run():
        async with talking() as (standin, puck):

            def leave(_):
                standin.leaving = asyncio.ensure_future(standin.hang_up())
                return Status.OK, bytes(4096)

            standin.answers[Code.READ] = leave
            standin.harm = harmed("silent")
            with pytest.raises(LinkError, match="connection was lost"):
                await puck.ask(Code.READ, WHOLE)

    asyncio.run(run())


def test_a_late_answer_is_not_taken_for_the_next_one():
    async def run():
        async with talking() as (standin, puck):
            late = packed(Message(0x7777, Status.OK, b"of long ago"))
            standin.harm = lambda pieces: [*fragments(late, 100), *pieces]
            assert await puck.ask(Code.READ, WHOLE) == standin.files[NIGHT][:4096]

    asyncio.run(run())


def test_each_status_has_words_for_a_person():
    async def run():
        async with talking() as (standin, puck):
            for status in list(Status)[1:]:
                standin.answers[Code.READ] = lambda _, status=status: (status, b"")
                with pytest.raises(LinkError, match=r"^puck: .*; .") as caught:
                    await puck.ask(Code.READ, WHOLE)
                assert caught.value.status == status

    asyncio.run(run())


def test_a_cut_transfer_goes_on_where_it_was(tmp_path):
    async def run():
        async with paired() as (standin, radio, device):
            whole, target = standin.files[NIGHT], tmp_path / "0001.night"
            part = tmp_path / "0001.night.part"
            part.write_bytes(whole[:12345])
            async with Puck(device, **radio.connect) as puck:
                sent = await transfer.pull(puck, NIGHT, len(whole), target, lambda *_: None)
                assert sent == len(whole) - 12345 and target.read_bytes() == whole
                part.write_bytes(b"x" + whole[1:12345])
                target.unlink()
                sent = await transfer.pull(puck, NIGHT, len(whole), target, lambda *_: None)
                assert sent == len(whole) and target.read_bytes() == whole

    asyncio.run(run())


def test_a_pull_that_is_cut_connects_again_by_itself(tmp_path, monkeypatch, capsys):
    async def run():
        async with paired() as (standin, radio, device):
            monkeypatch.setattr(doing, "connected", lambda: Puck(device, **radio.connect))
            monkeypatch.setattr(doing, "_AGAIN_S", 0)
            read, pieces = standin.answers[Code.READ], iter(range(100))

            def cut(body):
                if next(pieces) in (1, 3):
                    standin.leaving = asyncio.ensure_future(standin.hang_up())
                return read(body)

            standin.answers[Code.READ] = cut
            await doing.pull([], tmp_path)
            assert (tmp_path / "0001.night").read_bytes() == standin.files[NIGHT]
            reads = [message.body[:4] for message in standin.asked if message.code == Code.READ]
            assert len(reads) - len(set(reads)) <= 2  # only what was cut is asked for again

    asyncio.run(run())
    assert "1 night lies in" in capsys.readouterr().out


def test_a_clip_is_put_and_goes_on_where_it_was_cut():
    async def run():
        async with talking() as (standin, puck):
            data, name = bytes(range(250)) * 20, "clips/story.wav"
            await transfer.put(puck, name, data, lambda *_: None)
            assert standin.files[name] == data
            assert max(len(message.body) for message in standin.asked) == LARGEST_BODY
            standin.parts[name] = data[:2000]
            seen = []
            await transfer.put(puck, name, data, lambda done, _: seen.append(done))
            assert seen[0] == 2000 and standin.files[name] == data
            standin.parts[name] = b"of another clip"
            await transfer.put(puck, name, data, lambda *_: None)
            assert standin.files[name] == data

    asyncio.run(run())


LARGEST_BODY = 1024 - 8


def test_live_records_and_heartbeats_are_heard():
    async def run():
        async with talking() as (standin, puck):
            rows, beats = [], []
            await puck.listen_to_records(rows.append)
            await puck.listen(gatt.HEART_RATE, lambda value: beats.append(gatt.Beat.of(value)))
            score = records.SCORE.of(7, records.LIGHT, 10, 20, 30, 40)
            await standin.tell(standin.live, records.SCORE.pack(score))
            await standin.tell(standin.live, b"\x03rubbish")
            await standin.tell(standin.heart, bytes((0x16, 58, 0x00, 0x04)))
            await asyncio.sleep(0.05)
            assert rows == [score]
            assert beats == [gatt.Beat(58, True, (1.0,))]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("value", "beat"),
    [
        (bytes((0x00, 60)), (60, None, ())),
        (bytes((0x01, 0x2C, 0x01)), (300, None, ())),
        (bytes((0x04, 0)), (0, False, ())),
        (bytes((0x1E, 61, 0xFF, 0xFF, 0x00, 0x02, 0x00, 0x08)), (61, True, (0.5, 2.0))),
    ],
)
def test_heart_rate_measurements_are_read_by_their_flags(value, beat):
    assert gatt.Beat.of(value) == beat
