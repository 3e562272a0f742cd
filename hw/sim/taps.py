"""Listens inside the running firmware, for tests and benches; the firmware does not know.

`beats` writes the time of every beat that `senses.pulse` believes to be one, in ms
of the night, a line each, to `beats.txt` in the night's folder.
"""

from firmware.senses.pod import Pod


def install(folder: str, names: str) -> None:
    """Attach the taps in `names`, separated by commas, to the firmware in this VM."""
    for name in names.split(","):
        _TAPS[name](folder)


def _beats(folder):
    file = open(folder + "/beats.txt", "w")
    drain = Pod.drain

    def tapped(pod, now_ms):
        pod.pulse.beats = 0
        n = drain(pod, now_ms)
        clock = pod.pulse.clock
        for k in range(pod.pulse.beats):
            file.write("%d\n" % (clock.time_ms - clock.ago_ms(pod.pulse.beat_age_q8[k])))
        return n

    Pod.drain = tapped


_TAPS = {"beats": _beats}
