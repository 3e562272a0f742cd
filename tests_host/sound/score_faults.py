"""Every way in which a score can be wrong, and what is said of it: for tests and for the page."""

from sleepsync.scores import ScoreDamaged, parsed

HEAD = "title: A\ntempo: 60\nmetre: 3/4\nkey: F major\n"
PART = HEAD + "part song: bell\n"  # music begins in line 6
_SEVEN = "C4+D4+E4+F4+G4+A4+C5h. |"

# What is written: where it is wrong, what is seen, what to do.
FAULTS = (
    # headings
    ("", "1, 1", "there is no title", "write a line title: ... above the first part"),
    (
        HEAD + "tempi: 60\n",
        "5, 1",
        "tempi is no heading",
        "there are title, by, tempo, metre, key, loop",
    ),
    (HEAD + "tempo: 70\n", "5, 1", "tempo stands in line 2 already", "take one of them out"),
    (PART + "loop: 3\n", "6, 1", "loop stands below a part", "write it above the first part"),
    ("title:\n", "1, 7", "the title is empty", "give the piece a name"),
    (
        "tempo: slow\n",
        "1, 8",
        "slow is no tempo",
        "write beats a minute, like 66, or 44 dotted quarters",
    ),
    ("tempo: 300\n", "1, 8", "300 a minute are 300 quarters", "take 20 to 240"),
    (
        "tempo: 45 dotted quarters\n",
        "1, 8",
        "45 dotted quarters a minute are no whole number of quarters",
        "the puck counts quarters: take a tempo near 67 of them that gives whole ones",
    ),
    (
        "metre: 3/5\n",
        "1, 8",
        "3/5 is no metre",
        "write one like 3/4 or 6/8: up to 16 halves, quarters, eighths or sixteenths",
    ),
    (
        "key: G# major\n",
        "1, 6",
        "G# major is no key with up to seven sharps or flats",
        "write one like F major or C# dorian; there are dorian, lydian, major, minor, "
        "mixolydian, phrygian",
    ),
    (
        "loop: often\n",
        "1, 7",
        "loop: often says not how often",
        "write no, or how often it is played before it pauses, 1 to 255",
    ),
    # parts
    (HEAD, "1, 1", "there is no part", "write part melody: bell, and its notes"),
    (
        HEAD + "C4h. |",
        "5, 1",
        "C4h. is neither a heading nor in a part",
        "write a heading as NAME: VALUE, or part melody: bell above the music",
    ),
    (
        HEAD + "part the song: bell\n",
        "5, 6",
        "part the song: bell is not understood",
        "write part NAME: INSTRUMENT, of bell, pad, pluck, flute, bass",
    ),
    (
        HEAD + "part song: harp\n",
        "5, 6",
        "harp is no instrument",
        "write part song: and one of bell, pad, pluck, flute, bass",
    ),
    (
        HEAD + "part song\n",
        "5, 6",
        "song has no instrument",
        "write part song: and one of bell, pad, pluck, flute, bass",
    ),
    (
        PART + "C4h. |\npart song: pad\n",
        "7, 6",
        "there is a part song already",
        "write part song alone to go on with it, or choose another name",
    ),
    (PART, "5, 6", "song has no bar", "write it, or take it out"),
    (
        PART + "C4h. | C4h. | C4h. |\npart low: bass\nC3h. | C3h. |",
        "7, 6",
        "low ends after 2 bars, and song after 3",
        "let them end together: fill with rests, or look at the repeats",
    ),
    # notes
    (
        PART + "H4q C4h |",
        "6, 1",
        "H4q is neither a note nor a rest nor a dynamic",
        "a note is like C4q or Bb3e., a chord C4+E4+G4h, a rest Rq, a dynamic ppp to f",
    ),
    (PART + "C4q Cq C4q |", "6, 5", "Cq has no octave", "write one, like C4"),
    (PART + "C4q c4q C4q |", "6, 5", "c4q begins with a small letter", "write C4q"),
    (PART + "C4 D4h |", "6, 1", "C4 has no length", "write one behind it, like C4q"),
    (
        PART + "C4x D4h |",
        "6, 1",
        "x is no length",
        "write w, h, q, e or s (whole to sixteenth), with up to two dots",
    ),
    (
        PART + "C4s. |",
        "6, 1",
        "C4s. is no whole number of twelfths of a quarter",
        "a dotted sixteenth, or an eighth with two dots, is too fine: take another length",
    ),
    (
        PART + "B4h. |",
        "6, 1",
        "B4 is not in the key, which has Bb",
        "write Bb4, or Bn4 for the natural one",
    ),
    (PART + "C9h. |", "6, 1", "C9 is too high", "the puck plays C1 to C8 (C4 is middle C)"),
    (PART + "C4+C4h. |", "6, 1", "C4+C4 has a note twice", "take one of them out"),
    (
        PART + _SEVEN,
        "6, 1",
        "7 notes sound at once in bar 1",
        "6 are the most: take some out, or shorten them",
    ),
    # ties and triplets
    (PART + "Rh.~ | C4h. |", "6, 1", "a rest is tied", "take out the ~"),
    (PART + "C4h.~ |", "6, 1", "a tie leads nowhere", "take out the ~"),
    (
        PART + "C4h.~ | D4h. |",
        "6, 9",
        "a tie leads to another note",
        "tie a note to the same one, or take out the ~ before this",
    ),
    (
        PART + "C4h.~ | " * 7 + "C4h. |",
        "6, 1",
        "a note that begins in bar 1 is tied over 24 quarters",
        "21 are the most: strike it again",
    ),
    (
        PART + "(3 C4e (3 D4 E4 ) Rh |",
        "6, 8",
        "a triplet in a triplet",
        "write (3 before its notes, and ) behind them",
    ),
    (PART + "C4h. ) |", "6, 6", ") without (3", "write (3 before its notes, and ) behind them"),
    (
        PART + "C4h (3 C4e D4 ) Rs |",
        "6, 5",
        "this triplet takes 1 1/3 eighths",
        "three equal lengths take the time of two: fill it, with rests if need be",
    ),
    (
        PART + "C4h (3 C4e D4 E4 |",
        "6, 5",
        "this triplet has no end in its bar",
        "write ) behind it",
    ),
    # bars and repeats
    (
        PART + "C4h. | C4h Re |",
        "6, 8",
        "bar 2 of song has 2 1/2 quarters, and 3/4 wants 3",
        "add 1/2 quarters, or look for a wrong length",
    ),
    (
        PART + "C4h. C4q | C4h. |",
        "6, 1",
        "bar 1 of song has 4 quarters, and 3/4 wants 3",
        "take out 1 quarter, or look for a wrong length",
    ),
    (PART + "C4h. | | C4h. |", "6, 8", "an empty bar", "write its rests, or take out a |"),
    (PART + "C4h. | C4h.", "6, 8", "song ends without a bar line", "write | behind it"),
    (
        PART + "C4h. |:",
        "6, 6",
        "song ends where a repeat begins",
        "write what is repeated, or take it out",
    ),
    (PART + ":| C4h. |", "6, 1", "nothing is repeated", "take out this sign"),
    (PART + "C4h. :|x20", "6, 6", ":|x20 repeats 20 times", "write 2 to 16, like :|x3"),
    (
        PART + "|: C4h. | D4h. |",
        "6, 4",
        "the repeat that begins with bar 1 has no end",
        "write :|",
    ),
    (
        PART + "C4q [1 C4h :|",
        "6, 5",
        "[1 is no ending",
        "write [1 or [1,2 directly behind a bar line",
    ),
    (
        PART + "|: C4h. |[1 C4h. :|[3 D4h. |",
        "6, 23",
        "bar 3 is ending 3, and 2 should come",
        "endings follow each other: |: ... [1 ... :| [2 ... |",
    ),
    (
        PART + "|: C4h. |[1 C4h. :| D4h. |",
        "6, 13",
        "ending 2 is missing behind this bar",
        "endings follow each other: |: ... [1 ... :| [2 ... |",
    ),
    (
        PART + "|: C4h. |[1 C4h. :|x3 [2 D4h. |",
        "6, 13",
        "endings and a count exclude each other",
        "write the rounds: [1,2",
    ),
    # size
    (PART + "Rh. |", "5, 6", "there is no note in it", "write some"),
    (
        PART + "C4q D4 E4 :|x16 " * 30,
        "5, 6",
        "it takes 5764 bytes on the puck",
        "4096 are the most: write fewer notes, or let it loop",
    ),
    (
        PART + "C4h. :|x16 " * 114,
        "5, 6",
        "1824 bars are too long",
        "repeat less; let it loop",
    ),
)


def told(text: str) -> list[str]:
    """What is said of a text, a line for each fault."""
    try:
        parsed(text, "a.score")
    except ScoreDamaged as damaged:
        return str(damaged).splitlines()
    return []
