"""A client that knows the Bluetooth SIG's formats alone, an owner's phone, reads a sleeper's heart,
room, clock and stage: all of it as it truly was.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pytest
import sig_client as sig
from bumble.core import UUID
from bumble.profiles.heart_rate_service import HeartRateServiceProxy
from sleepsync.bench.linked import ask, desk, owner
from sleepsync.paths import records
from sleepsync.radio import central, connect, find
from sleepsync.reading import read_journal
from sleepsync.simulate import journals
from sleepsync.world import generate, write_world

pytestmark = pytest.mark.link
START = datetime(2000, 1, 1)
SEED = 6  # falls asleep after nine minutes; the live score, says so twelve minutes later
SPEED = 200
HOURS = 1.1
LASTS_S = 2760  # of the puck's time
OWN_DBA = 33  # INMP441: a quieter room is drowned by the microphone's own noise
SET_TO = datetime(2031, 2, 28, 23, 59, 30)
WORDS = {
    records.UNKNOWN: None,
    records.NOT_WORN: None,
    records.WAKE: {"wake"},
    records.ASLEEP: {"sleep"},
    records.LIGHT: {"sleep", "non-rem", "light"},
    records.DEEP: {"sleep", "non-rem", "deep"},
    records.REM: {"sleep", "rem"},
}


@dataclass
class Heard:
    """What the client has read, each with the puck's own seconds since the night's start."""

    first_s: float = 0.0
    rates: list[tuple[float, sig.HeartRate]] = field(default_factory=list)
    sleep: list[sig.SleepNow] = field(default_factory=list)
    rooms: list[tuple[float, list]] = field(default_factory=list)
    sums: tuple = ()
    location: int = 0
    theirs: int = 0  # Body Sensor Location, as Bumble's profile reads it
    features: set[str] = field(default_factory=set)
    set_to: datetime | None = None
    told: list[tuple[datetime, set[str]]] = field(default_factory=list)  # the time, by notification
    refused: datetime | None = None
    epochs: list = field(default_factory=list)
    scores: dict[int, int] = field(default_factory=dict)
    truth: dict = field(default_factory=dict)
    calls_asleep: bool = True
    calls_always: bool = False


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """A night of some minutes, read by a phone that was paired in the night before."""
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(SEED, hours=HOURS), folder)
    found = asyncio.run(listened(folder))
    night = read_journal(journals(folder)[-1])
    found.epochs = night.of(records.EPOCH)
    found.scores = {score.index: score.stage for score in night.of(records.SCORE)}
    found.truth = dict(np.load(folder / "truth.npz"))
    return found


async def listened(folder):
    async with desk(folder) as puck:
        await asyncio.sleep(0.5)  # so long after its first words it minds the button
        phone, _, peer = await owner(puck)
        await first_rate(peer)  # only an owner is told: the puck keeps the bond
    async with desk(folder, speed=SPEED) as puck:
        phone = await central(puck.air, 1, keys=phone.keystore)
        connection, peer = await connect(phone)
        await connection.encrypt()
        await first_rate(peer)
        client = Client(peer, json.loads((folder / "world.json").read_text())["start_s"])
        found = await client.listen()
        await connection.disconnect()
        found.calls_asleep = await calls(phone)
        await ask(puck, "puck.set('radio', 2)", "from now on")
        found.calls_always = await calls(phone)
        return found


async def calls(phone):
    """Whether the puck can be found."""
    await asyncio.sleep(0.2)
    try:
        await find(phone, patience_s=0.7)
    except TimeoutError:
        return False
    return True


async def first_rate(peer):
    told = asyncio.Event()
    (rate,) = peer.get_characteristics_by_uuid(UUID.from_16_bits(0x2A37))
    await rate.subscribe(lambda _: told.set())
    await asyncio.wait_for(told.wait(), 10)


class Client:
    """Knows numbers of the SIG, and nothing of SleepSync."""

    def __init__(self, peer, start_s):
        self.peer, self.start_s = peer, start_s
        self.found = Heard()
        self.now_s = 0.0

    def of(self, number):
        (one,) = self.peer.get_characteristics_by_uuid(UUID.from_16_bits(number))
        return one

    async def read(self, number):
        return await self.of(number).read_value()

    async def listen(self):
        found = self.found
        found.first_s = await self.look_at_the_clock()
        await self.of(0x2A37).subscribe(self.on_rate)
        await self.of(0x2B41).subscribe(lambda value: found.sleep.append(sig.sleep_now(value)))
        while self.now_s < LASTS_S:
            await self.look_at_the_clock()
            found.rooms.append((self.now_s, await self.room()))
            await asyncio.sleep(0.02)
        found.sums = sig.sleep_sums(await self.read(0x2B42))
        found.features = sig.activity_features(await self.read(0x2B3B))
        found.location = (await self.read(0x2A38))[0]
        await self.ask_bumble()
        await self.set_the_clock()
        return found

    async def look_at_the_clock(self):
        when, _ = sig.current_time(await self.read(0x2A2B))
        self.now_s = (when - START).total_seconds() - self.start_s
        return self.now_s

    def on_rate(self, value):
        self.found.rates.append((self.now_s, sig.heart_rate(value)))

    async def room(self):
        parsers = {
            0x2A6E: sig.temperature_c,
            0x2A6F: sig.humidity_pct,
            0x2AFB: sig.illuminance_lx,
            0x2BE4: sig.noise_db,
        }
        return [parse(await self.read(number)) for number, parse in parsers.items()]

    async def ask_bumble(self):
        (service,) = self.peer.get_services_by_uuid(UUID.from_16_bits(0x180D))
        profile = HeartRateServiceProxy(service)
        self.found.theirs = int(await profile.body_sensor_location.read_value())

    async def set_the_clock(self):
        clock = self.of(0x2A2B)
        await clock.subscribe(lambda value: self.found.told.append(sig.current_time(value)))
        await clock.write_value(sig.written_time(SET_TO), with_response=True)
        self.found.set_to = await self.soon()
        impossible = bytes((0xEF, 0x07, 2, 30)) + bytes(6)
        await clock.write_value(impossible, with_response=True)
        self.found.refused = await self.soon()

    async def soon(self):
        await asyncio.sleep(2 / SPEED)
        return sig.current_time(await self.read(0x2A2B))[0]


def test_the_heart_rate_is_the_sleeper_s(heard):
    beats_s = heard.truth["beats_s"]
    off = []
    for now_s, said in heard.rates:
        near = beats_s[(beats_s > now_s - 20) & (beats_s < now_s + 5)]
        if said.rate_bpm and len(near) > 10:
            assert said.contact
            off.append(abs(said.rate_bpm - 60 / np.diff(near).mean()))
    assert len(off) > LASTS_S / 2
    assert np.mean(np.array(off) <= 4) > 0.9


def test_the_intervals_are_those_between_the_sleeper_s_beats(heard):
    """Each run of three that were told together, found again among the true ones in its time."""
    beats_s = heard.truth["beats_s"]
    told = [(now_s, s) for now_s, said in heard.rates for s in said.intervals_s]
    true_s = np.diff(beats_s)
    assert len(told) > 0.6 * np.sum(beats_s < LASTS_S - 60)
    off = []
    for at in range(0, len(told) - 8, 8):
        now_s = told[at][0]
        run = np.array([s for _, s in told[at : at + 8]])
        window = np.flatnonzero((beats_s[:-1] > now_s - 40) & (beats_s[:-1] < now_s + 20))
        tries = [np.abs(true_s[i : i + 8] - run).max() for i in window if i + 8 <= len(true_s)]
        if tries:
            off.append(min(tries))
    assert np.median(off) < 0.02


def test_the_room_is_as_it_was(heard):
    known = [(now_s, room) for now_s, room in heard.rooms if room[0] is not None]
    assert len(known) > 10
    truth = heard.truth
    for now_s, (temperature, humidity, light, noise) in known:
        epoch = slice(max(0, int(now_s // 30) - 2), int(now_s // 30) + 1)
        assert near(temperature, truth["temperature_c"][epoch], 0.5)
        assert near(humidity, truth["humidity_pct"][epoch], 4)
        assert near(light, truth["light_lx"][epoch], 0.2 + 0.1 * truth["light_lx"][epoch].max())
        assert near(noise, np.maximum(truth["level_dba"][epoch], OWN_DBA), 2)
    epochs = heard.epochs
    assert {room[0] for _, room in known} <= {e.temperature_cdeg / 100 for e in epochs}
    assert {room[1] for _, room in known} <= {e.humidity_pct for e in epochs}
    assert {room[2] for _, room in known} <= {(e.light_mlx + 5) // 10 / 100 for e in epochs}
    assert {room[3] for _, room in known} <= {(e.level_ddb + 5) // 10 for e in epochs}


def near(value, true, tolerance):
    return true.min() - tolerance <= value <= true.max() + tolerance


def test_the_clock_is_the_world_s_and_can_be_set(heard):
    assert 0 <= heard.first_s < 120
    assert timedelta(0) <= heard.set_to - SET_TO < timedelta(seconds=60)


def test_that_the_clock_was_set_is_told_once(heard):
    ((when, why),) = heard.told
    assert timedelta(0) <= when - SET_TO < timedelta(seconds=60)
    assert why == {"external reference"}


def test_a_date_that_does_not_exist_changes_nothing(heard):
    assert timedelta(0) <= heard.refused - heard.set_to < timedelta(seconds=60)


def test_the_stage_is_that_of_the_journal_s_score(heard):
    scored = [now for now in heard.sleep if now.session.sequence]
    assert len(scored) > 3
    for now in scored:
        index = now.session.sequence - 1
        assert now.stage == WORDS[heard.scores[index]]
        assert now.session.since_start == timedelta(seconds=30 * now.session.sequence)
    assert {now.session.session for now in scored} == {2}
    words = [now.stage or set() for now in scored]
    assert {word for stage in words for word in stage} >= {"wake", "light", "deep", "non-rem"}


def test_the_night_s_sums_are_those_of_its_scores(heard):
    session, sums = heard.sums
    stages = [heard.scores[index] for index in range(session.sequence)]
    asleep = [stage >= records.ASLEEP for stage in stages]
    assert sums["bed_s"] == 30 * len(stages) > 0
    assert sums["asleep_s"] == 30 * sum(asleep)
    assert sums["awake_s"] == 30 * stages.count(records.WAKE)


def test_what_never_changes_is_what_the_puck_is(heard):
    assert heard.location == heard.theirs == 3  # a finger
    assert "sleep stage" in heard.features


def test_nobody_is_called_while_the_sleeper_sleeps_unless_that_is_asked_for(heard):
    last = heard.scores[max(heard.scores)]
    assert last in (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
    assert not heard.calls_asleep
    assert heard.calls_always
