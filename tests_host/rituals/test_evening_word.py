"""The word of the evening: what it shows, what it begins, what it advises."""

from bed import BED

WORD = (
    BED
    + """
import puck_evening
from firmware.rituals import advice, words

class Governor:
    def tell(self, kind, part, value):
        bed.take(records.EVENT, records.EVENT.of(bed.t, kind, part, value))

class Puck:
    governor, rituals, led = Governor(), bed.r, 0
    def lead(self):
        self.led += 1
        bed.look()

class App:
    running, records = Puck(), records
    def evenings(self):
        return programmes, words, advice

app = App()
result = []
for line in lines:
    if line.startswith("bed."):
        exec(line)
    else:
        result.append(list(puck_evening.evening(app, line)))
result.append(app.running.led)
"""
)


def said(worker, *lines):
    return worker.call("snippet:run", WORD, {"given": {}, "lines": lines})


def test_it_tells_the_programmes_what_runs_and_the_room(worker):
    at_rest, paced, led = said(worker, "bed.epochs(1, breaths_dpm=118)", "", "breathing")
    names = [line.split("  ")[0] for line in at_rest[:5]]
    assert names == ["wind-down", "breathing", "story", "music", "back to sleep"]
    assert at_rest[5:] == ["evening      nothing runs", "room         nothing to advise"]
    assert paced == [
        "evening      breathing, step 1 of 2, begun by a word",
        "why          breathe 12: how they breathe is unknown",
    ]
    assert led == 1


def test_the_room_s_figures_stand_beside_what_is_advised(worker):
    room = "bed.epochs(1, temperature_cdeg=2345, light_mlx=30400, level_ddb=412, humidity_pct=22)"
    told, _ = said(worker, room, "")
    assert told[6:] == [
        "room         too warm: 23.4 C, advised are 21.0 C",
        "room         bright: 30.4 lx, advised are 10.0 lx",
        "room         loud: 41.2 dBA, advised are 30.0 dBA",
        "room         dry: 22 %, advised are 30 %",
    ]


def test_off_stops_it_and_what_is_no_programme_changes_nothing(worker):
    lines = ("bed.epochs(1)", "story", "nonsense", "off", "bed.until(bed.t + 1000)", "")
    begun, nonsense, over, later, led = said(worker, *lines)
    assert begun[0] == "evening      story, step 1 of 2, begun by a word"
    assert nonsense == [
        "no such programme; there are: wind-down, breathing, story, music, back to sleep, off"
    ]
    assert over == ["evening      nothing runs"] == later[5:6]
    assert led == 2
