"""The voices of sound as a scene writes them, and the layers that the puck's mixer is told."""

from .kinds import Around, Entry, Item, Kind, number, seconds, time_keys

_BLOCK_S = 0.096
_FULL_Q15 = 32767
_LONGEST_S = 7200

# When a layer is there, and how loud: keys of every voice.
HEAD = {
    "gain": number(0, 1),
    "from_s": number(0, _LONGEST_S),
    "in_s": number(0, 3600),
    "to_s": number(0, _LONGEST_S),
    "out_s": number(0, 3600),
}


def compiled(entries: list[Entry], around: Around) -> tuple[Item, ...]:
    """The layers of a sound: (voice, gain_q15, from_s, in_s, to_s, out_s, *numbers) each."""
    return tuple(layer for entry in entries for layer in _layers(entry, around))


def _layers(entry, around):
    """Those of one entry, which obeys its voice's schema."""
    voice = VOICES[entry["voice"]]
    yield (voice.number, *_head(entry, around), *voice.compiled(entry, around))


def _head(entry, around):
    """(gain_q15, from_s, in_s, to_s, out_s): with its scene, if it says nothing."""
    first, end = entry.get("from_s", 0), entry.get("to_s", around.length_s)
    comes = entry.get("in_s", around.in_s if not first else 0)
    goes = entry.get("out_s", around.out_s if end == around.length_s else 0)
    times = (round(each) for each in (first, comes, end, goes))
    return round(entry.get("gain", 1) * _FULL_Q15), *times


def _tone(entry, around):
    """One pitch after the other, each for a part of a beat; steady without a beat."""
    on, beat = (round(seconds(entry, key) / _BLOCK_S) for key in ("on", "beat"))
    return tuple(entry["hz"]), on, beat, round(seconds(entry, "rise"))


VOICES = {
    "tone": Kind(
        number=0,
        keys={
            "hz": {
                "type": "array",
                "items": {**number(100, 4000), "type": "integer"},
                "minItems": 1,
                "maxItems": 30,
            },
            "on_s": number(0.1, 60),
            "beat_s": number(0.2, 120),
            **time_keys("rise", 1000),
        },
        needed=("hz",),
        compiled=_tone,
        is_plain=True,
    ),
}
