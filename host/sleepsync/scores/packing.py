"""A score as the bytes that the puck plays, and back.

Four bytes tell tempo (quarters a minute), length (twelfths of a quarter, 16 bits, little-endian)
and loop. Then four for each event: twelfths since the start of the one before (255 with three
zeros: wait so long, no note), MIDI pitch, length in twelfths, instrument << 4 | strength.
"""

from .score import Note, Score

MOST_BYTES = 4096  # they lie in the puck's memory while they sound
MOST_LENGTH = 0xFFFF  # twelfths
_WAIT = 255
_EVENT_BYTES = 4


def packed(score: Score) -> bytes:
    """As the puck reads it."""
    out = bytearray([score.tempo_bpm, *score.length.to_bytes(2, "little"), score.loop])
    now = 0
    for note in score.notes:
        waits, delta = divmod(note.start - now, _WAIT)
        out += bytes([_WAIT, 0, 0, 0]) * waits
        out += bytes([delta, note.pitch, note.length, note.instrument << 4 | note.strength])
        now = note.start
    return bytes(out)


def unpacked(data: bytes) -> tuple[int, int, int, tuple[Note, ...]]:
    """(tempo_bpm, length, loop, notes) of what `packed` made."""
    tempo_bpm, low, high, loop = data[:_EVENT_BYTES]
    now, notes = 0, []
    for at in range(_EVENT_BYTES, len(data), _EVENT_BYTES):
        delta, pitch, length, how = data[at : at + _EVENT_BYTES]
        now += delta
        if delta != _WAIT:
            notes.append(Note(now, how >> 4, pitch, length, how & 15))
    return tempo_bpm, low | high << 8, loop, tuple(notes)
