"""What no schema can say of a scene, and what scenes owe to each other."""

from collections.abc import Iterator, Mapping
from typing import Any

from .kinds import seconds
from .schema import LANES, LAST_NUMBER

Told = Mapping[str, Any]


def of_one(told: Told) -> Iterator[tuple[str, str]]:
    """(key, what is wrong) of a scene whose keys are all right by themselves."""
    wrong = list(_both("", told, "length", is_needed=True))
    yield from wrong or _of_lanes(told, seconds(told, "length"))


def _of_lanes(told, length_s):
    if not any(lane in told for lane in LANES):
        yield "", "it has neither light, sound nor touch; add one of them"
    fades = told.get("transition", {})
    if sum(fades.values()) > length_s:
        yield "transition", f"it comes and goes for longer than its {length_s:g} s; shorten it"
    for place, lane, entry in entries(told):
        yield from _entry(place, entry)
        if lane == "sound":
            yield from _times(place, entry, length_s)
        if told["use"] == "alarm" and not _kind(lane, entry).is_plain:
            plain = ", ".join(name for name, kind in LANES[lane][1].items() if kind.is_plain)
            why = "an alarm must ring whatever is broken, and needs what is always in memory"
            yield place, f"{why}; take {plain}"


def of_all(told: Mapping[str, Told]) -> Iterator[tuple[str, str, str]]:
    """(file, key, what is wrong) of scenes by their files: numbers are for ever, without a gap."""
    owners: dict[int, str] = {}
    for file, one in told.items():
        if one["number"] in owners:
            free = next(n for n in range(1, LAST_NUMBER + 2) if n not in _numbers(told))
            taken = f"{one['number']} is the number of {owners[one['number']]}"
            yield file, "number", f"{taken}; the next that is free is {free}"
        owners.setdefault(one["number"], file)
    for missing in sorted(set(range(1, max(owners, default=0))) - set(owners)):
        yield owners[max(owners)], "number", f"no scene has the number {missing}; take that"


def entries(told: Told) -> Iterator[tuple[str, str, Told]]:
    """(place, lane, entry) of all that a scene's lanes are given to do."""
    for lane in LANES:
        found = told.get(lane)
        if lane == "sound" and isinstance(found, list):
            yield from ((f"{lane}[{i}]", lane, entry) for i, entry in enumerate(found))
        elif lane != "sound" and found is not None:
            yield lane, lane, found


def _numbers(told):
    return {one["number"] for one in told.values()}


def _kind(lane, entry):
    word, kinds = LANES[lane]
    return kinds[entry[word]]


def _entry(place, entry):
    """Times that are told twice, or not at all."""
    for key in {key.removesuffix("_min") for key in entry if key.endswith("_min")} - {
        "breaths_per"
    }:
        yield from _both(place, entry, key)
    if "on_s" in entry and "beat_s" not in entry and "breaths_per_min" not in entry:
        yield place, "on_s tells how long of each beat; say how long that is: add beat_s"
    if entry.get("on_s", 0) > entry.get("beat_s", 1e9):
        yield f"{place}.on_s", f"longer than its beat of {entry['beat_s']:g} s; shorten it"


def _both(place, entry, key, is_needed=False):
    has_s, has_min = f"{key}_s" in entry, f"{key}_min" in entry
    if has_s and has_min:
        yield place, f"both {key}_s and {key}_min; leave one of them out"
    elif is_needed and not (has_s or has_min):
        yield place, f"{key}_s or {key}_min is missing; say how long it takes"


def _times(place, entry, length_s):
    first, end = entry.get("from_s", 0), entry.get("to_s", length_s)
    if end > length_s:
        yield f"{place}.to_s", f"{end:g} s is behind the scene's end, {length_s:g} s; bring it back"
    if first >= end:
        yield f"{place}.from_s", f"it begins at {first:g} s and is over at {end:g} s; part them"
