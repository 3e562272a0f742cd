"""The loudspeaker beside the microphone: how loud the puck hears itself, and nothing else."""

import json

import numpy as np
import pytest
from whole_puck import in_the_vm

OWN = """
from array import array
from math import pi, sin
from chips.loudspeaker import Loudspeaker
mine = board.Board()
_, amplifier, _ = mine.hand_over()

def play_and_hear(sound, slices):
    # the levels that the microphone heard while `sound` went round and round
    mine.microphone.start()
    while not amplifier.on():
        time.sleep_ms(10)
    levels = []
    while len(levels) < slices:
        amplifier.write(sound)
        time.sleep_ms(10)
        if mine.microphone.listen():
            levels.append(mine.microphone.level_cdb)
    return levels
"""
SINE = OWN + "sine = array('h', [int(peak * sin(pi * i / 8)) for i in range(16000)])\n"


@pytest.mark.parametrize("pillow_cdb", [8000, 9200])
@pytest.mark.parametrize("dbfs", [0, -20, -40])
def test_a_sine_is_as_loud_as_the_loudspeaker_makes_it(run_in, short, pillow_cdb, dbfs):
    """20 dB louder than at the pillow. The first slice may have begun before the sound."""
    levels = in_the_vm(
        run_in,
        short,
        f"peak, pillow_cdb = {32767 * 10 ** (dbfs / 20)}, {pillow_cdb}\n"
        + SINE
        + "parts.microphone._speaker = Loudspeaker(parts.amplifier, pillow_cdb)\n"
        + "result = play_and_hear(sine, 6)",
    )
    assert levels[1:] == pytest.approx([pillow_cdb + 2000 + 100 * dbfs] * 5, abs=50)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_puck_has_the_loudspeaker_of_its_world(run_in, short, is_told):
    """A world that was written before there was one has a usual one."""
    head = json.loads((short / "world.json").read_text())
    expected_cdb = head["chips"]["speaker"]["pillow_cdb"] if is_told else 8600
    if not is_told:
        del head["chips"]["speaker"]
    (short / "world.json").unlink()
    (short / "world.json").write_text(json.dumps(head))
    levels = in_the_vm(run_in, short, "peak = 3277\n" + SINE + "result = play_and_hear(sine, 4)")
    assert levels[1:] == pytest.approx([expected_cdb] * 3, abs=50)


# -- word by word

WORDS = """
from array import array
from clock import clock
from table import table
from chips.i2s_microphone import I2SMicrophone
from chips.loudspeaker import Loudspeaker
from chips.max98357a import MAX98357A
from machine import I2S, Pin

net = table.net(21)
amplifier = MAX98357A(net, spool)
table.i2s[1] = amplifier
def rest(us):
    for i in range(us // 500):
        clock.wait(500)
def wired():
    pins = dict(sck=Pin(15), ws=Pin(16), sd=Pin(17))
    return I2S(1, mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=6400, **pins)
def words(speaker, start_us, first, sizes):
    # of a part that has long been awake
    chip = I2SMicrophone(None, 3, speaker)
    chip._overwrite = lambda first, words: None
    heard = array("i")
    for n in sizes:
        block = array("i", [0] * n)
        chip.fill(start_us, first, block)
        heard.extend(block)
        first += n
    return heard
clock.wait(12345)
i2s = wired()
i2s.irq(lambda _: None)
"""
UNITY_CDB = 10000  # a full scale of 120 dB at the microphone: 16 bits become 24
SIZES = [1, 7, 768, 3, 768, 255, 768, 1, 768, 768, 2, 2, 1500]


def difference(run_in, tmp_path, played, start_us=777, pillow_cdb=UNITY_CDB):
    """(what the loudspeaker adds to each word, first frame's us, runs)."""
    with_it, without, runs = run_in(
        WORDS
        + played
        + f"""
speaker = Loudspeaker(amplifier, {pillow_cdb})
first = 200
result = [words(speaker, {start_us}, first, {SIZES}), words(None, {start_us}, first, {SIZES}),
    [list(run) for run in amplifier.runs]]
""",
        spool=str(tmp_path / "spool"),
    )
    return np.array(with_it), np.array(without), start_us + 200 * 62.5, runs


RAMP = """
net.drive(1)
rest(20000)
i2s.write(array("h", range(1, 2001)))
rest(200000)
net.drive(0)
rest(300000)
"""


@pytest.mark.parametrize("start_us", [777, 778, 808, 840, 12345])
def test_each_sample_is_heard_once_and_when_it_sounds(run_in, tmp_path, start_us):
    """In blocks of any size, and long after it was played."""
    with_it, without, first_us, ((run_us, n),) = difference(run_in, tmp_path, RAMP, start_us)
    added = (with_it - without) >> 16
    at = round((run_us - first_us) / 62.5)
    assert n == 2000
    assert (added[at : at + n] == np.arange(1, n + 1)).all()
    assert not added[:at].any() and not added[at + n :].any()


def test_what_is_cut_off_is_not_heard(run_in, tmp_path):
    """The rest of a buffer goes on being sent, to an amplifier that is off."""
    played = RAMP.replace("rest(200000)", "rest(50000)")
    with_it, without, _, ((_, n),) = difference(run_in, tmp_path, played)
    assert 780 <= n <= 820
    assert np.count_nonzero(with_it - without) == n


def test_two_sounds_with_a_pause_are_two(run_in, tmp_path):
    played = """
net.drive(1)
rest(20000)
for i in range(2):
    i2s.write(array("h", [100 * (i + 1)] * 400))
    rest(60000)
"""
    with_it, without, first_us, runs = difference(run_in, tmp_path, played)
    added = (with_it - without) >> 16
    for (us, n), value in zip(runs, (100, 200), strict=True):
        at = round((us - first_us) / 62.5)
        assert (added[at : at + n] == value).all()
    assert np.count_nonzero(added) == 800


def test_too_loud_is_clipped_not_wrapped(run_in, tmp_path):
    played = """
net.drive(1)
rest(20000)
i2s.write(array("h", [32767, -32768] * 300))
rest(60000)
"""
    with_it, without, _, _ = difference(run_in, tmp_path, played, pillow_cdb=UNITY_CDB + 1000)
    loud = with_it[with_it != without]
    assert set(loud >> 8) == {0x7FFFFF, -0x800000}


@pytest.mark.parametrize(
    "played", ["", "net.drive(1)\nrest(500000)\n", RAMP.replace("range(1, 2001)", "[0] * 2000")]
)
def test_in_silence_no_word_is_another(run_in, tmp_path, played):
    with_it, without, *_ = difference(run_in, tmp_path, played + "rest(1000)\n")
    assert (with_it == without).all()


def test_nothing_is_asked_of_an_amplifier_that_is_off(run_in, tmp_path):
    """A night without sound costs a comparison for each block."""
    assert run_in(
        WORDS
        + RAMP
        + """
served = []
serve = amplifier.source.serve
amplifier.source.serve = lambda: served.append(1)
words(Loudspeaker(amplifier), clock.us, 0, [768])
before = len(served)
net.drive(1)
served.clear()
words(Loudspeaker(amplifier), clock.us, 0, [768])
result = [before, len(served)]
""",
        spool=str(tmp_path / "spool"),
    ) == [0, 1]
