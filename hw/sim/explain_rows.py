"""The ledger as a table: a row for each request, what was answered, what was emitted.

It must never leave out a request, nor judge one.
"""

from firmware import records
from firmware.bedside import scenes
from firmware.governor import words


class Rows:
    """`rows`: a dict for each request:

    `t_ms`, `number`, `scene` (number); `who`, `why`, `what`, `use`, `stage` in words; `refused`:
    why, "" if it was not; `length_s` and `ceilings` as granted (mlx, 0.01 dBA, of 127), or 0 and
    []; `cut_ms`: when a start cut it off, or -1; `ends`: (lane, t_ms, why, steps, fading, peak,
    dose) of each lane that ended.
    """

    def __init__(self):
        self.rows = []
        self._names = scenes.names()

    def request(self, request) -> None:
        """A request is made."""
        is_scene = 0 < request.scene < len(scenes.SCENES)
        scene = scenes.SCENES[request.scene if is_scene else 0]
        self.rows.append(
            {
                "t_ms": request.t_ms,
                "number": request.number,
                "scene": request.scene,
                "who": _word(words.RULES, request.rule),
                "why": _word(words.REASONS, request.reason),
                "what": self._names[scene.number] if is_scene else str(request.scene),
                "use": _word(words.USES, scene.use),
                "stage": _word(records.STAGES, request.stage),
                "refused": "",
                "length_s": 0,
                "ceilings": [],
                "cut_ms": -1,
                "ends": [],
            }
        )

    def answer(self, kind, answer) -> None:
        """The latest request is answered."""
        row = self.rows[-1]
        if kind is records.REFUSAL:
            row["refused"] = _word(words.WHYS, answer.why)
            return
        row["length_s"] = answer.length_s
        row["ceilings"] = [answer.light_mlx, answer.sound_cdb, answer.touch]

    def cut(self, number: int, t_ms: int) -> None:
        """An act was cut off."""
        row = self.row_of(number)
        if row:
            row["cut_ms"] = t_ms

    def end(self, told) -> None:
        """A lane ends."""
        row = self.row_of(told.number)
        if row:
            why = _word(words.WHYS, told.why)
            end = told.lane, told.t_ms, why, told.steps, told.fading, told.peak, told.dose
            row["ends"].append(end)

    def row_of(self, number: int):
        """The latest row of that number, or None."""
        for row in reversed(self.rows):
            if row["number"] == number:
                return row
        return None


def _word(table, number):
    return table[number] if number < len(table) else str(number)
