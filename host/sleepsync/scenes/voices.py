"""The voices of the synthesiser as a scene writes them, and as the puck is told.

What an artist gives in Hz, seconds and names becomes the whole numbers that firmware/bedside
asks for (tone.py, noise.py, music.py, score.py, pulses.py).
"""

import math
from pathlib import PurePath

from sleepsync.scores import ScoreDamaged, packed, parsed
from sleepsync.scores.notation import INSTRUMENTS as PLAYED
from sleepsync.scores.notation import pitch_of

from .files import SCORES
from .kinds import Around, Entry, Item, Kind, number, seconds, time_keys

RATE_HZ = 16000
_BLOCK_S = 0.096
_ONE_Q12 = 4096
_OFTEN = 32768  # of a noise's density: every sample
_STABLE = 0.9  # of the damping with which the filter would begin to sound by itself

# Places in these are the puck's numbers.
COLOURS = ("white", "pink", "brown", "sparks")
CUTS = ("low", "band", "high", "none")
INSTRUMENTS = (*PLAYED, "chirp", "thump")
NO_INSTRUMENT = 255
SCALES = {
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
}


def _whole(low: int, high: int) -> dict:
    return {"type": "integer", "minimum": low, "maximum": high}


def _row(of: dict, least: int, most: int) -> dict:
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


_PITCH = {"type": "string", "pattern": "^[A-G][#b]?[1-8]$"}
_INSTRUMENT = {"enum": list(INSTRUMENTS)}


def _tone(entry: Entry, around: Around) -> tuple[Item, ...]:
    """One pitch after the other, each for a part of a beat; steady without a beat."""
    on, beat = (round(seconds(entry, key) / _BLOCK_S) for key in ("on", "beat"))
    return tuple(entry["hz"]), on, beat, round(seconds(entry, "rise"))


def _midi(name: str) -> int:
    """Of "C#4" or "Bb2"."""
    return pitch_of(name[0], name[1:-1], int(name[-1]))


def _plain(colour: str) -> Kind:
    return Kind(1, {}, (), lambda _, around: _noise({"colour": colour}, around))


def _noise(spec: Entry, around: Around) -> tuple[Item, ...]:
    often = round(spec["per_s"] / RATE_HZ * _OFTEN) if "per_s" in spec else _OFTEN
    low, high = spec.get("hz", (1000, 1000))
    blocks = round(spec.get("drift_s", 0) / _BLOCK_S)
    lag = round(spec.get("lag_s", 0) / _BLOCK_S)
    # Layers without a common number drift by themselves: what they are tells them apart.
    own = spec.get("together") or 100 + (round(low + high) * 37 + often + blocks) % 9000
    return (
        COLOURS.index(spec.get("colour", "white")),
        max(1, often),
        CUTS.index(spec.get("cut", "none")),
        (_tuning(low), _tuning(high)),
        _damping(spec.get("q", 0.8), max(low, high)),
        round(spec.get("least", 1) * _ONE_Q12),
        (blocks, int(spec.get("waves", False)), lag, own),
    )


def _tuning(hz: float) -> int:
    """2 sin(pi f / fs), Q12: see `sift`."""
    return round(2 * math.sin(math.pi * hz / RATE_HZ) * _ONE_Q12)


def _damping(q: float, hz: float) -> int:
    """Q12. ValueError where the filter would sound by itself: see `sift`."""
    f = _tuning(hz) / _ONE_Q12
    least = 1 / (_STABLE * (2 / f - f / 2))
    if q < least:
        raise ValueError(f"q: with {hz:g} Hz it must be at least {math.ceil(100 * least) / 100:g}")
    return round(_ONE_Q12 / q)


def _music(spec: Entry, around: Around) -> tuple[Item, ...]:
    chords = spec.get("chords", "pad")
    bpm = spec.get("bpm", "heart")
    return (
        _midi(spec["root"]),
        SCALES[spec["scale"]],
        INSTRUMENTS.index(spec.get("lead", "bell")),
        NO_INSTRUMENT if chords == "none" else INSTRUMENTS.index(chords),
        round(spec.get("often", 0.6) * 16),
        0 if bpm == "heart" else bpm,
        spec.get("slowest_bpm", 46),
    )


def _score(spec: Entry, around: Around) -> tuple[Item, ...]:
    path = f"{SCORES}/{spec['score']}.score"
    if path not in around.files:
        there = ", ".join(PurePath(each).stem for each in around.files if each.startswith(SCORES))
        raise ValueError(f"score: there is no {path}; there are {there or 'none'}")
    try:
        return (packed(parsed(around.files[path], path)),)
    except ScoreDamaged as damaged:
        raise ValueError(f"score: {damaged}") from damaged


def _pulses(spec: Entry, around: Around) -> tuple[Item, ...]:
    rest = (spec.get(key, 0) for key in ("every_ms", "later_ms", "left_out"))
    return (
        _midi(spec["pitch"]),
        INSTRUMENTS.index(spec["instrument"]),
        tuple(spec["strengths"]),
        spec.get("gap_ms", 0),
        spec["each_ms"],
        *rest,
    )


VOICES = {
    "tone": Kind(
        0,
        {
            "hz": _row(_whole(100, 4000), 1, 30),
            "on_s": number(0.1, 60),
            "beat_s": number(0.2, 120),
            **time_keys("rise", 1000),
        },
        ("hz",),
        _tone,
        is_plain=True,
    ),
    "white": _plain("white"),
    "pink": _plain("pink"),
    "brown": _plain("brown"),
    "noise": Kind(
        1,
        {
            "colour": {"enum": list(COLOURS)},
            "per_s": number(0.5, 4000),
            "cut": {"enum": list(CUTS)},
            "hz": _row(number(40, 3000), 2, 2),
            "q": number(0.7, 8),
            "least": number(0, 1),
            "drift_s": number(0.5, 120),
            "waves": {"type": "boolean"},
            "lag_s": number(0, 30),
            "together": _whole(1, 99),
        },
        (),
        _noise,
    ),
    "music": Kind(
        2,
        {
            "root": _PITCH,
            "scale": {"enum": list(SCALES)},
            "lead": _INSTRUMENT,
            "chords": {"enum": [*INSTRUMENTS, "none"]},
            "often": number(0.1, 1),
            "bpm": {"anyOf": [_whole(30, 80), {"const": "heart"}]},
            "slowest_bpm": _whole(30, 80),
        },
        ("root", "scale"),
        _music,
    ),
    "score": Kind(3, {"score": {"type": "string"}}, ("score",), _score),
    "pulses": Kind(
        4,
        {
            "pitch": _PITCH,
            "instrument": _INSTRUMENT,
            "strengths": _row(_whole(1, 15), 1, 8),
            "gap_ms": _whole(20, 2000),
            "each_ms": _whole(10, 30000),
            "every_ms": _whole(400, 60000),
            "later_ms": _whole(0, 16000),
            "left_out": _whole(0, 15),
        },
        ("pitch", "instrument", "strengths", "each_ms"),
        _pulses,
    ),
}
