"""The word of the evening: its programmes, what runs and why, what the room could do better.

Loaded when somebody asks; a generator of lines to print. What it wants it tells the governor, and
the evening does it. It must never act itself.
"""

from puck_lines import line, span

_WHAT = (
    "",
    "light that sinks from warm to embers, then rest",
    "light to breathe by, from your own rate down",
    "a story's light and tones",
    "slow tones over sinking light",
    "a faint light that goes out within five minutes",
)


def evening(app, name: str):  # noqa: ANN201 (MicroPython has no typing)
    """Start the programme of that name, stop what runs with "off", or tell of both."""
    programmes, words, advice = app.evenings()
    if not name:
        for number, row in enumerate(programmes.PROGRAMMES):
            if number:
                length = span(programmes.length_s(number))
                yield "%-14s %s, %s" % (row.name, length, _WHAT[number])
        yield from _state(app.running, programmes, words)
        yield from _advice(app.running, advice)
        return
    names = [row.name for row in programmes.PROGRAMMES]
    names[0] = "off"
    if name not in names:
        yield "no such programme; there are: " + ", ".join(names[1:] + names[:1])
        return
    app.running.governor.tell(app.records.PROGRAMME, app.records.PUCK, names.index(name))
    if hasattr(app.running, "lead"):
        app.running.lead()
    yield from _state(app.running, programmes, words)


def _state(puck, programmes, words):
    """What runs, its step, why."""
    it = _part(puck, "evening")
    if not it or not it.programme:
        yield line("evening", "nothing runs")
        return
    row = programmes.PROGRAMMES[it.programme]
    steps = "step %d of %d" % (max(it.step, 0) + 1, len(row.steps))
    yield line("evening", "%s, %s, begun by %s" % (row.name, steps, words.BEGUN_BY[it.began]))
    yield line("why", words.said(it.why))


def _advice(puck, advice):
    """What was measured of the room, beside what is advised."""
    it = _part(puck, "sleeper")
    if not it:
        return
    found = advice.advice(it.light_mlx, it.temperature_cdeg, it.humidity_pct, it.level_ddb)
    for kind, measured, limit in found:
        name, unit, one = advice.KINDS[kind]
        figures = _figure(measured, one), unit, _figure(limit, one), unit
        yield line("room", name + ": %s %s, advised are %s %s" % figures)
    if not found:
        yield line("room", "nothing to advise")


def _part(puck, name):
    return getattr(getattr(puck, "rituals", None), name, None)


def _figure(value, one):
    return "%d.%d" % (value // one, value * 10 // one % 10) if one > 1 else str(value)
