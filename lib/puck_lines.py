"""What the words of the REPL show, as lines: a name, a value with its unit, or "unknown".

It must never ask a part: it is given what is known. `records` is firmware/records.py.
"""

import json
import time

from registers import FEW_RETRIES


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


def of_time(wall_s: int) -> str:
    """Wall time, 0 for unknown."""
    return line("time", date(wall_s) if wall_s else "unknown: set the clock chip")


def of_parts(puck, names):  # noqa: ANN201 (the same)
    """What `puck` has found, and what it misses."""
    if not puck:
        yield line("parts", "not asked yet: puck.selftest() does")
        return
    sensors = puck.sensors()
    rests = (puck.pod.pulse_sensor, puck.pod.motion_sensor) if puck.settings.get("organic") else ()
    missing = [s for s in sensors if not s.present and s not in rests]
    yield line("parts", listed([names[s.part] for s in sensors if s.present]))
    yield line("missing", listed([names[s.part] for s in missing]))
    if rests:
        yield line("organic", "pod and radio rest; puck.set('organic', 0) ends that")


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
    sees, feels, hears = [sensor.present for sensor in puck.room.sensors]
    mlx = board.light_sensor.mlx
    yield line("light", light(mlx) if sees and mlx >= 0 else "unknown")
    air = board.climate_sensor
    is_known = feels and air.raw_temperature
    pct = air.humidity_cpct // 100
    yield line("climate", climate(air.temperature_cdeg, pct) if is_known else "unknown")
    level_cdb = board.microphone.level_cdb
    yield line("sound", level(level_cdb // 10) if hears and level_cdb else "unknown")
    yield line("score", _latest(puck, records))


def _pulse(pod):
    pulse = pod.pulse
    if not pod.pulse_sensor.present:
        return "unknown"
    if pulse.off_body:
        return "unknown: nothing in front of the sensor"
    pulse.rhythm.look_now()
    return rate(pulse.rhythm.rate_dbpm, pulse.rhythm.quality)


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


def rate(dbpm: int, quality: int) -> str:
    """A heart rate in 0.1 /min, 0 for unknown."""
    rate = "%d.%d /min" % (dbpm // 10, dbpm % 10) if dbpm else "unknown"
    return "%s, quality %d %%" % (rate, quality)


def light(mlx: int) -> str:
    """Light, in 0.001 lx."""
    return "%d.%03d lx" % (mlx // 1000, mlx % 1000)


def climate(cdeg: int, pct: int) -> str:
    """Temperature in 0.01 degrees C, relative humidity."""
    sign = "-" if cdeg < 0 else ""
    return "%s%d.%02d C, %d %%" % (sign, abs(cdeg) // 100, abs(cdeg) % 100, pct)


def level(ddb: int) -> str:
    """A level of sound, in 0.1 dB."""
    return "%d.%d dBA" % (ddb // 10, ddb % 10)


def date(wall_s: int) -> str:
    """Wall time."""
    return "%04d-%02d-%02d %02d:%02d:%02d" % time.gmtime(wall_s)[:6]


def listed(names: list) -> str:
    """Names in a row."""
    return ", ".join(names) if names else "none"
