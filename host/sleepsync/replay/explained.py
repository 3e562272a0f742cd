"""What `hw/sim/explain.py` makes of a journal, as the desktop holds it.

It must never judge: what is a finding is decided where the firmware's own code runs.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sleepsync.vm import Worker


@dataclass(frozen=True)
class Finding:
    """Something that rules, consents and limits do not explain.

    `record` counts from 0, `at` is its first byte, `t_ms` its time in the night or -1, `kind` one
    of the kinds of docs/replay.md.
    """

    record: int
    at: int
    t_ms: int
    kind: str
    words: str


@dataclass(frozen=True)
class End:
    """What a lane (0 light, 1 sound, 2 touch) emitted of an act, and `why` it ended.

    `peak`: mlx, 0.01 dBA, of 127. `dose`: lx s, seconds at 30 dBA, ms at full level.
    """

    lane: int
    t_ms: int
    why: str
    steps: int
    fading: int
    peak: int
    dose: int


@dataclass(frozen=True)
class Request:
    """A request and what came of it, in words; numbers as in the journal.

    `refused`: why, "" if it was not. `ceilings` of each lane as granted, [] if it was refused;
    `cut_ms`: when a start cut it off, or -1; `ends` of each lane that ended. `because`: what was
    measured that made the ritual ask, "" where nothing tells it (a hand, an older journal).
    """

    t_ms: int
    number: int
    scene: int
    who: str
    why: str
    what: str
    use: str
    stage: str
    refused: str
    length_s: int
    ceilings: list[int]
    cut_ms: int = -1
    ends: list[End] = field(default_factory=list)
    because: str = ""


@dataclass(frozen=True)
class Explained:
    """A journal's findings, its requests in order, and what could not be checked (`notes`).

    `uses`: the names of the uses that a consent tells by number. `states`: (from when in ms, its
    name), one for each change of what was known of the sleeper, in order.
    """

    findings: list[Finding]
    notes: list[str]
    requests: list[Request]
    uses: list[str]
    states: list[tuple[int, str]] = field(default_factory=list)


def explain(
    path: Path, worker: Worker | None = None, is_led: bool = True, clips: Path | None = None
) -> Explained:
    """Explain a journal that lies in its folder, by the firmware's own code in the VM. `is_led`:
    the night's rituals asked for what they wanted, and nobody in their stead. `clips`: the folder
    of those that may have sounded.
    """
    if worker is None:
        with Worker() as worker:
            return explain(path, worker, is_led, clips)
    return from_answer(worker.call("explain:explain", str(path), is_led, str(clips or "")))


def from_answer(found: dict) -> Explained:
    """An `Explained` of what the VM answers (`_answer` in hw/sim/explain.py).

    `states` and `whys` (words by the number of a request) may be missing.
    """
    whys = {int(number): words for number, words in found.get("whys", {}).items()}
    return Explained(
        [Finding(*each) for each in found["findings"]],
        found["notes"],
        [_request(row, whys) for row in found["acts"]],
        found["uses"],
        [(t_ms, name) for t_ms, name in found.get("states", [])],
    )


def _request(row: dict, whys: dict[int, str]) -> Request:
    ends = [End(*each) for each in row["ends"]]
    return Request(**{**row, "ends": ends, "because": whys.get(row["number"], "")})
