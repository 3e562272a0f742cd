"""A night in the field's terms, from the stages of its epochs (AASM definitions).

Unknown time is neither sleep nor wake, and is told as such. No float.
"""

from firmware import records

_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
_NAMES = ("unknown_s", "not_worn_s", "wake_s", "asleep_s", "light_s", "deep_s", "rem_s")


def summarise(stages) -> dict:
    """Figures of a night whose epoch i was in stage `stages[i]` (bytes of records' stages).

    Times in seconds, efficiency in per cent. -1 is not known: sleep onset latency if
    nobody slept, the stages of sleep if the night tells only wake and asleep.
    """
    figures = {name: 0 for name in _NAMES}
    onset = -1
    waso = awakenings = 0
    for i, stage in enumerate(stages):
        figures[_NAMES[stage]] += records.EPOCH_S
        if stage in _ASLEEP and onset < 0:
            onset = i
        if stage == records.WAKE and onset >= 0:
            waso += records.EPOCH_S
            awakenings += stages[i - 1] != records.WAKE
    asleep = sum([figures[_NAMES[stage]] for stage in _ASLEEP])
    in_bed = len(stages) * records.EPOCH_S
    figures["time_in_bed_s"] = in_bed
    figures["sleep_onset_latency_s"] = onset * records.EPOCH_S if onset >= 0 else -1
    figures["total_sleep_time_s"] = asleep
    figures["waso_s"] = waso
    figures["awakenings"] = awakenings
    figures["efficiency_pct"] = asleep * 100 // in_bed if in_bed else 0
    if figures["asleep_s"] == asleep > 0:
        figures["light_s"] = figures["deep_s"] = figures["rem_s"] = -1
    return figures
