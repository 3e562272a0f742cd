"""The words of the REPL: `import puck`, then `puck.help()`.

They show what is, at MicroPython's REPL as at the console of a night that runs; those that want
something ask the governor for it, and change nothing themselves. A word that takes long works in
slices: at the console it is a coroutine, which the console awaits. This is the one file of lib/
that may look into the firmware, and it does so only when it is asked, through the module where
the rooms meet.
"""

import gc
import os
import sys
import time as ticking  # `time` is a word

import puck_lines as lines

WORDS = (
    ("status()", "Who this puck is, why it started, what it has and what it misses."),
    ("live()", "What it senses now, and how it scored last."),
    ("errors()", "What is wrong, each with its remedy."),
    ("epoch(-1)", "An epoch of the night by its index; -1 is the last one, -2 that before it."),
    ("replay()", "Score the night again from its journal, and compare."),
    ("morning()", "The night that has ended, scored as a whole."),
    ("selftest()", "Ask every part: identity, noise, verdict, remedy."),
    ("acts()", "Whether everything is off, what is allowed, and what acts."),
    ("ask('lamp')", "Ask for a scene, as a hand would."),
    ("allow('sunrise', 7)", "Ask the sleeper's consent to a use, for so many days."),
    ("forbid('sunrise')", "Take it back."),
    ("calibrate()", "Let the puck hear how loud it is."),
    ("alarms()", "Which alarms there are, and which is next."),
    ("alarm('07:00', 'weekdays')", "Set one, once or for days like 'mon fri'."),
    ("no_alarm(1)", "Not this one any more; 0: none."),
    ("nap(25)", "Ring in so many minutes; 0: not any more."),
    ("evening()", 'What the evening can do, what it does and why; "breathing" or "off".'),
    ("time()", "What time it is here, and how well that is known."),
    ("set_time('2026-01-15 22:46:00')", "Set the time, as the clock on the wall has it."),
    ("settings()", "What is set, and what each setting means."),
    ("set('early', 20)", "Set one of them."),
    ("bonds()", "Whose phones may connect, and whether the radio is on."),
    ("forget(1)", "That phone may no more."),
    ("dismantle()", "What would be erased, if this puck were to be taken back to parts."),
    ("begin_again()", "A plain lamp becomes a puck again."),
    ("update()", "What runs, whether an update may begin, and what came of the last."),
    ("help()", "These words."),
)


def help() -> None:
    """These words."""
    for word, meaning in WORDS:
        print("puck.%-31s %s" % (word, meaning))


def status() -> None:
    """Who this puck is, why it started, what it has and what it misses."""
    app = _app()
    _print(lines.of_start(_start(), app.board.pins.NAME))
    print(lines.line("up", lines.span(ticking.ticks_ms() // 1000)))
    print(lines.of_night(app.running, app.records.EPOCH_S))
    print(lines.of_time(app.known_clock().wall_s()))
    _print(lines.of_parts(app.latest, app.records.PARTS))
    print(lines.of_memory(gc.mem_free(), gc.mem_alloc()))
    print(lines.of_flash(_room_for(app.storage.DATA)))


def live() -> None:
    """What it senses now, and how it scored last."""
    app = _app()
    if app.running:
        _print(lines.of_now(app.running, app.records))
    else:
        print("no night runs; puck.selftest() asks the parts")


def errors() -> None:
    """What is wrong, each with its remedy."""
    app, start = sys.modules.get("firmware.app"), _start()  # which may be what is broken
    found = list(lines.of_faults(app.latest)) if app and app.latest else []
    if start:
        found += ["crash: " + line for line in start.crashes()]
        found += ["update: " + line for line in (start.told,) if line.startswith("taken back")]
    _print(found or ["nothing is known to be wrong"])


def epoch(index: int = -1):  # noqa: ANN201 (MicroPython has no typing)
    """An epoch of the night by its index; -1 is the last one, -2 that before it."""
    return _told(_of_nights("epoch", index))


def replay():  # noqa: ANN201 (the same)
    """Score the night again from its journal, and compare."""
    return _told(_of_nights("replay"))


def morning():  # noqa: ANN201 (the same)
    """The night that has ended, scored as a whole."""
    return _told(_morning())


def selftest():  # noqa: ANN201 (the same)
    """Ask every part: identity, noise, verdict, remedy."""
    return _told(_selftest())


def acts():  # noqa: ANN201 (the same)
    """Whether everything is off, what is allowed, and what acts."""
    return _told(_asked("acts"))


def ask(scene: str):  # noqa: ANN201 (the same)
    """Ask for a scene, as a hand would."""
    return _told(_asked("ask", scene))


def allow(use: str, days: int = 0, stages: int = 7):  # noqa: ANN201 (the same)
    """Ask the sleeper's consent to a use, for so many days.

    0 is for this night. `stages`: 1 awake, 2 asleep, 4 unknown, or their sum.
    """
    return _told(_asked("allow", use, days, stages))


def forbid(use: str):  # noqa: ANN201 (the same)
    """Take it back."""
    return _told(_asked("forbid", use))


def calibrate():  # noqa: ANN201 (the same)
    """Let the puck hear how loud it is."""
    return _told(_asked("calibrate"))


def alarms():  # noqa: ANN201 (the same)
    """Which alarms there are, and which is next."""
    return _told(_about_alarms("told"))


def alarm(at: str, days: str = "once", number: int = 0):  # noqa: ANN201 (the same)
    """Set one, once or for days like 'mon fri'.

    Or 'daily', 'weekdays', 'weekends'. In the first row that is free, or in that of a `number`.
    """
    return _told(_about_alarms("set_row", at, days, number))


def no_alarm(number: int):  # noqa: ANN201 (the same)
    """Not this one any more; 0: none."""
    return _told(_about_alarms("clear", number))


def nap(minutes: int):  # noqa: ANN201 (the same)
    """Ring in so many minutes; 0: not any more."""
    return _told(_about_alarms("nap", minutes))


def evening(name: str = ""):  # noqa: ANN201 (the same)
    """What the evening can do, what it does and why; "breathing" or "off".

    With a programme's name it begins, with "off" what runs is over.
    """
    return _told(_asked("evening", name, of="puck_evening"))


def time():  # noqa: ANN201 (the same)
    """What time it is here, and how well that is known."""
    return _told(_timed("time"))


def set_time(local: str):  # noqa: ANN201 (the same)
    """Set the time, as the clock on the wall has it.

    Of a time that comes twice when the clock is put back, the first.
    """
    return _told(_timed("set_time", local))


def settings():  # noqa: ANN201 (the same)
    """What is set, and what each setting means."""
    return _told(_timed("settings"))


def set(name: str, value):  # noqa: ANN201 (the same)
    """Set one of them."""
    return _told(_timed("set", name, value))


def bonds():  # noqa: ANN201 (the same)
    """Whose phones may connect, and whether the radio is on."""
    return _told(_linked("bonds"))


def forget(number: int):  # noqa: ANN201 (the same)
    """That phone may no more."""
    return _told(_linked("forget", number))


def dismantle(word: str = ""):  # noqa: ANN201 (the same)
    """What would be erased, if this puck were to be taken back to parts.

    With the word "erase" everything personal is erased, and it is a plain lamp from then on.
    """
    return _told(_parted("dismantle", word))


def begin_again():  # noqa: ANN201 (the same)
    """A plain lamp becomes a puck again."""
    return _told(_parted("begin_again"))


def update():  # noqa: ANN201 (the same)
    """What runs, whether an update may begin, and what came of the last."""
    return _told(_of_update())


def _room_for(folder):
    """As `os.statvfs` tells, or None: no night has run, so nobody has mounted it."""
    try:
        return os.statvfs(folder)
    except OSError:
        return None


def _app():
    _expect_puck()
    from firmware import app

    return app


def _expect_puck():
    """RuntimeError where there is none: a plain lamp must not learn anything again."""
    if "parts" in os.listdir("/"):
        raise RuntimeError("this is a plain lamp; puck.begin_again() makes it a puck")


def _start():
    """What boot.py has found out about this start, or None."""
    return getattr(__import__("__main__"), "start", None)


def _print(some_lines):
    for line in some_lines:
        print(line)


def _told(steps):
    """Take the steps of a long word: each a line to print, or ms that are to pass.

    While a night or safe mode runs only its console can have called, and awaits what is returned.
    """
    if _is_at_console():
        return _told_slowly(steps)
    try:
        for step in steps:
            ticking.sleep_ms(_printed(step))
    finally:
        steps.close()  # a self-test that is interrupted stops its parts


def _is_at_console():
    return bool(_running())


async def _told_slowly(steps):
    import asyncio

    for step in steps:
        await asyncio.sleep_ms(_printed(step))


def _printed(step):
    """Print a line; how many ms are to pass."""
    if isinstance(step, int):
        return step
    print(step)
    return 0


def _of_nights(word, *arguments):
    import puck_kept

    yield from getattr(puck_kept, word)(_app(), *arguments)
    _unload("puck_kept")
    _unload("puck_night")


def _morning():
    if _is_at_console():
        yield "this takes seconds, which samples would not wait: press Ctrl-C first"
        return
    yield from _of_nights("morning")
    _unload("firmware.stages.morning")


def _selftest():
    import selftest

    app = _app()
    if app.known_settings().get("organic"):
        yield "organic mode leaves the pod alone: puck.set('organic', 0) first"
        return
    board = app.latest.board if app.latest else app.board.Board()
    faults = None
    if app.running:
        faults = {app.records.PARTS[sensor.part]: sensor.error for sensor in app.running.sensors()}
    for step in selftest.rows(board, faults):
        if isinstance(step, int):
            yield step
        else:
            yield from selftest.lines(step)
    _unload("selftest")


def _asked(word, *arguments, of="puck_acts"):
    app = _app()
    if app.running:
        yield from getattr(__import__(of), word)(app, *arguments)
    else:
        yield "no night runs, so nothing acts"
    _unload(of)


def _about_alarms(word, *arguments):
    import puck_alarm

    _expect_puck()
    running = _running()
    if running:
        alarms = sys.modules["firmware.alarms"]
        yield from getattr(puck_alarm, word)(running, alarms, *arguments)
    else:
        yield "no night runs, so nobody would ring"
    _unload("puck_alarm")


def _running():
    """What runs: the application's night, safe mode, the plain lamp, or None."""
    found = [sys.modules.get("firmware." + name) for name in ("app", "safe", "plain")]
    found = [module.running for module in found if module and module.running]
    return found[0] if found else None


def _timed(word, *arguments):
    import puck_time

    yield from getattr(puck_time, word)(_app(), *arguments)
    _unload("puck_time")


def _linked(word, *arguments):
    import puck_link

    yield from getattr(puck_link, word)(_app(), *arguments)
    _unload("puck_link")


def _parted(word, *arguments):
    import puck_parting

    from firmware import parting

    yield from getattr(puck_parting, word)(parting, *arguments)
    for family in ("puck_parting", "firmware.parting", "hw.erasing"):
        _unload(family)


def _of_update():
    import puck_update

    yield from puck_update.lines(_start(), _running())
    _unload("puck_update")
    _unload("trial")
    _unload("firmware.update")


def _unload(family):
    """Forget modules that are needed for a moment: code is most of what a heap holds."""
    for name in list(sys.modules):
        if name.startswith(family):
            del sys.modules[name]
            folder, _, last = name.rpartition(".")
            if folder in sys.modules and hasattr(sys.modules[folder], last):
                delattr(sys.modules[folder], last)
