"""The voices of sound as a scene writes them, and the layers that the puck's mixer is told."""

from .kinds import Around, Entry, Item, number
from .recipes import written_out
from .voices import VOICES

_FULL_Q15 = 32767
_LONGEST_S = 7200
# A tone that is on for no part of its beat: what the puck's plain tone makes of less than none.
SILENCE: tuple[Item, ...] = (0, (0, 0, 0, 0, 0, 0, (100,), -1, 0, 0))

# When a layer is there, and how loud: keys of every voice.
HEAD = {
    "gain": number(0, 1),
    "from_s": number(0, _LONGEST_S),
    "in_s": number(0, 3600),
    "to_s": number(0, _LONGEST_S),
    "out_s": number(0, 3600),
}


def compiled(entries: list[Entry], around: Around) -> tuple[Item, ...]:
    """How much louder than a tone it may be made (0.01 dB), and the layers of a sound: (voice,
    gain_q15, from_s, in_s, to_s, out_s, *numbers) each. ValueError for a tone that is not alone.
    """
    parts = [part for entry in entries for part in written_out(entry)]
    if len(parts) > 1 and any(VOICES[part["voice"]].is_plain for part in parts):
        raise ValueError('voice: a "tone" sounds alone; use "pulses" or "music" beside others')
    return around.lift_cdb, *(_layer(part, around) for part in parts)


def _layer(entry, around):
    """That of one entry, which obeys its voice's schema."""
    voice = VOICES[entry["voice"]]
    return voice.number, *_head(entry, around), *voice.compiled(entry, around)


def _head(entry, around):
    """(gain_q15, from_s, in_s, to_s, out_s): with its scene, if it says nothing."""
    first, end = entry.get("from_s", 0), entry.get("to_s", around.length_s)
    comes = entry.get("in_s", around.in_s if not first else 0)
    goes = entry.get("out_s", around.out_s if end == around.length_s else 0)
    times = (round(each) for each in (first, comes, end, goes))
    return round(entry.get("gain", 1) * _FULL_Q15), *times
