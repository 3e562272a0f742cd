"""What the words of the REPL show, as lines: a name, a value with its unit, or "unknown".

It must never ask a part: it is given what is known. `records` is firmware/records.py.
"""

import json
import time

from registers import FEW_RETRIES

_FLAGS = (
    "no pulse sensor",
    "no motion sensor",
    "nothing in front of the pulse sensor",
    "samples lost",
    "moving",
    "light out of range",
    "no light",
    "no climate",
    "no sound",
    "weak pulse",
    "shaken by the puck",
)


def line(name: str, value: str) -> str:
    """A line of a list."""
    return "%-12s %s" % (name, value)


def span(seconds: int) -> str:
    """A length of time."""
    if seconds < 3600:
        return "%d min %02d s" % (seconds // 60, seconds % 60)
    return "%d h %02d min" % (seconds // 3600, seconds // 60 % 60)


def of_start(start, board_name: str):  # noqa: ANN201 (MicroPython has no typing)
    """Who it is and why it runs; `start` is boot.py's, or None."""
    slot = start.slot if start else "unknown"
    yield line("puck", "%s; SleepSync %s, slot %s" % (board_name, _version(slot), slot))
    if not start:
        yield line("started", "unknown")
        return
    safe = "; safe mode: " + start.safe if start.safe else ""
    yield line("started", "%s; boot %d%s" % (start.cause, start.boots, safe))
    yield line("watchdog", "off: development" if start.develop else "on")


def _version(slot):
    try:
        with open("/%s/manifest.json" % slot) as file:
            return json.load(file)["version"]
    except OSError:  # frozen into the image, or run from elsewhere
        return "unknown"


def of_night(puck, epoch_s: int) -> str:
    """The night that `puck` is in, or none."""
    if not puck:
        return line("night", "none runs")
    since_s = puck.clock.now_ms() // 1000
    words = puck.journal.night, since_s // epoch_s, span(since_s)
    return line("night", "%d, epoch %d, since %s" % words)


def of_summary(night: int, figures):  # noqa: ANN201 (the same)
    """A whole night; `figures` as of firmware/stages/summary.py."""
    yield line("night", "%d, in bed %s" % (night, span(figures["time_in_bed_s"])))
    asleep = span(figures["total_sleep_time_s"]), figures["efficiency_pct"]
    yield line("asleep", "%s, %d %%" % asleep)
    yield line("onset", _known(figures["sleep_onset_latency_s"]))
    waking = span(figures["waso_s"]), figures["awakenings"]
    yield line("then awake", "%s, %d times" % waking)
    for stage in ("light", "deep", "rem"):
        yield line(stage, _known(figures[stage + "_s"]))
    lost = span(figures["unknown_s"]), span(figures["not_worn_s"])
    yield line("not known", "%s; not worn %s" % lost)


def _known(seconds):
    return span(seconds) if seconds >= 0 else "unknown"


def of_time(wall_s: int) -> str:
    """Wall time, 0 for unknown."""
    return line("time", _date(wall_s) if wall_s else "unknown: set the clock chip")


def of_parts(puck, names):  # noqa: ANN201 (the same)
    """What `puck` has found, and what it misses."""
    if not puck:
        yield line("parts", "not asked yet: puck.selftest() does")
        return
    sensors = puck.sensors()
    yield line("parts", _listed([names[s.part] for s in sensors if s.present]))
    yield line("missing", _listed([names[s.part] for s in sensors if not s.present]))


def of_memory(free: int, used: int) -> str:
    """The heap, in bytes."""
    return line("memory", "%d kB free of %d kB" % (free // 1000, (free + used) // 1000))


def of_flash(stat) -> str:
    """The file system of the nights, as `os.statvfs` tells; None if it is not mounted."""
    if not stat:
        return line("flash", "not mounted: no night has run")
    block_bytes, blocks, free = stat[1], stat[2], stat[3]
    return line(
        "flash", "%d kB free of %d kB" % (free * block_bytes // 1000, blocks * block_bytes // 1000)
    )


def of_now(puck, records):  # noqa: ANN201 (the same)
    """What `puck` senses at this moment."""
    pod, board = puck.pod, puck.board
    yield line("heart rate", _pulse(pod))
    yield line("motion", _motion(pod))
    light, climate, microphone = [sensor.present for sensor in puck.room.sensors]
    mlx = board.light_sensor.mlx
    yield line("light", _light(mlx) if light and mlx >= 0 else "unknown")
    feels = board.climate_sensor
    is_known = climate and feels.raw_temperature
    pct = feels.humidity_cpct // 100
    yield line("climate", _climate(feels.temperature_cdeg, pct) if is_known else "unknown")
    level_cdb = board.microphone.level_cdb
    yield line("sound", _level(level_cdb // 10) if microphone and level_cdb else "unknown")
    yield line("score", _latest(puck, records))


def _pulse(pod):
    pulse = pod.pulse
    if not pod.pulse_sensor.present:
        return "unknown"
    if pulse.off_samples * 2 > pulse.samples:
        return "unknown: nothing in front of the sensor"
    pulse.rhythm.look_now()
    return _rate(pulse.rhythm.rate_dbpm, pulse.rhythm.quality)


def _motion(pod):
    return "%d counts" % pod.motion.counts() if pod.motion_sensor.present else "unknown"


def _latest(puck, records):
    score = puck.score
    if not score:
        return "none yet: an epoch is scored when the five minutes after it are known"
    age_s = puck.clock.now_ms() // 1000 - (score.index + 1) * records.EPOCH_S
    return "%s, %s ago (epoch %d)" % (records.STAGES[score.stage], span(age_s), score.index)


def of_faults(puck):  # noqa: ANN201 (the same)
    """What `puck` knows to be wrong."""
    for sensor in puck.sensors():
        if sensor.error:
            yield sensor.error
    if puck.tasks.faults:
        yield "tasks died and were started again: %d; the console said why" % puck.tasks.faults
    for name, bus in puck.board.buses:
        if bus.freed:
            yield "%s: freed %d times; look for a loose plug" % (name, bus.freed)
    for sensor in puck.sensors():
        regs = getattr(sensor.driver, "regs", None)
        if sensor.present and regs and regs.retries > FEW_RETRIES:
            yield regs.told("%d transfers repeated" % regs.retries)


def of_epoch(epoch, score, night_s: int, records):  # noqa: ANN201 (the same)
    """`epoch` and its `score` or None, of a night that began at wall time `night_s` or 0."""
    begin_s = epoch.index * records.EPOCH_S
    when = _date(night_s + begin_s) if night_s else span(begin_s) + " after the night's start"
    flags = [name for bit, name in enumerate(_FLAGS) if epoch.flags & 1 << bit]
    yield line("epoch", "%d, from %s" % (epoch.index, when))
    yield line("flags", _listed(flags))
    yield line("heart rate", _rate(epoch.rate_dbpm, epoch.quality))
    yield line("beats", "%d, swing %d per mille" % (epoch.beats, epoch.perfusion_pm))
    yield line("variability", _tenths("RMSSD %d.%d ms", epoch.rmssd_dms))
    yield line("breathing", _tenths("%d.%d /min", epoch.breaths_dpm))
    moved = "unknown" if epoch.flags & records.NO_MOTION_SENSOR else "%d counts" % epoch.counts
    yield line("motion", moved)
    yield from _of_room(epoch, records)
    yield line("score", _score(score, records) if score else "none yet")


def _of_room(epoch, records):
    is_dark = epoch.flags & records.NO_LIGHT
    yield line("light", "unknown" if is_dark else _light(epoch.light_mlx))
    climate = _climate(epoch.temperature_cdeg, epoch.humidity_pct)
    yield line("climate", "unknown" if epoch.flags & records.NO_CLIMATE else climate)
    sound = "%s, loudest %s" % (_level(epoch.level_ddb), _level(epoch.loudest_ddb))
    yield line("sound", "unknown" if epoch.flags & records.NO_SOUND else sound)


def _score(score, records):
    return "%s (wake %d/255)" % (records.STAGES[score.stage], score.p_wake)


def _tenths(words, value):
    return words % (value // 10, value % 10) if value else "unknown"


def _rate(dbpm, quality):
    rate = "%d.%d /min" % (dbpm // 10, dbpm % 10) if dbpm else "unknown"
    return "%s, quality %d %%" % (rate, quality)


def _light(mlx):
    return "%d.%03d lx" % (mlx // 1000, mlx % 1000)


def _climate(cdeg, pct):
    sign = "-" if cdeg < 0 else ""
    return "%s%d.%02d C, %d %%" % (sign, abs(cdeg) // 100, abs(cdeg) % 100, pct)


def _level(ddb):
    return "%d.%d dBA" % (ddb // 10, ddb % 10)


def _date(wall_s):
    return "%04d-%02d-%02d %02d:%02d:%02d" % time.gmtime(wall_s)[:6]


def _listed(names):
    return ", ".join(names) if names else "none"


def of_row(row):  # noqa: ANN201 (the same)
    """A row of the self-test, with its remedy on a line of its own."""
    yield "%-15s %-8s %-18s %s" % (row.part, row.verdict, row.identity, row.seen)
    if row.remedy:
        yield "%-15s -> %s" % ("", row.remedy)
