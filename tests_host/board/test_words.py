"""The words of the REPL: the page that shows them is true, and they disturb no night."""

import ast
import re
import subprocess

import pytest
from sleepsync import vm
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals
from sleepsync.world import generate, write_world
from whole_puck import START, in_the_vm, lend

PAGE = ROOT / "docs" / "repl.md"
ASKED = re.compile(r"^(puck> |>>> )(.+)\n((?:(?!puck> |>>> |```).*\n)*)", re.MULTILINE)
AT_S = 660


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Twelve minutes of somebody in bed."""
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(3, hours=0.2), folder)
    return folder


def typed(world, folder, lines, *missing):
    """What the terminal shows when `lines` are typed eleven minutes into a night; (prompt, line)
    each, and a line ends the night before the first that goes to the VM's own REPL.
    """
    lend(world, folder)
    at_console = [line for prompt, line in lines if prompt == "puck> "]
    after = [line for prompt, line in lines if prompt == ">>> "]
    keys = "".join(line + "\r" for line in ["", *at_console, "raise KeyboardInterrupt", *after])
    argv, env = vm.command(vm.program("typed"), str(folder), str(AT_S), *missing)
    ended = subprocess.run(argv, env=env, input=keys.encode(), capture_output=True, timeout=60)
    assert not ended.stderr, ended.stderr.decode()
    return ended.stdout.decode().replace("\r\n", "\n")


def conversation(text):
    """[(prompt, line, answer)] of what a terminal shows."""
    fences = text.split("```") if "```" in text else ["", text]
    return [ask for fence in fences[1::2] for ask in ASKED.findall(fence)]


def comparable(asks):
    """Without the numbers that tell of the desktop's heap."""
    return [
        (prompt, line, re.sub(r"^(memory +)\d+ kB free of \d+", r"\1", answer, flags=re.MULTILINE))
        for prompt, line, answer in asks
    ]


@pytest.fixture(scope="module")
def answered(world, tmp_path_factory):
    """(the folder of a night in which the page's lines were typed, what was answered)."""
    folder = tmp_path_factory.mktemp("night")
    asked = [(prompt, line) for prompt, line, _ in conversation(PAGE.read_text())]
    shown = conversation(typed(world, folder, asked))
    return folder, [ask for ask in shown if "KeyboardInterrupt" not in ask[1]]


def test_the_page_shows_what_one_sees(answered, request):
    _, shown = answered
    if request.config.getoption("--write-docs"):
        answers = iter(shown)
        text = ASKED.sub(
            lambda found: "".join([*found.group(1, 2), "\n", next(answers)[2]]), PAGE.read_text()
        )
        PAGE.write_text(text)
    assert comparable(shown) == comparable(conversation(PAGE.read_text()))


def test_the_page_tells_every_word_and_the_words_their_docstrings():
    tree = ast.parse((ROOT / "lib" / "puck.py").read_text())
    docs = {
        node.name: ast.get_docstring(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    (words,) = [
        ast.literal_eval(n.value)
        for n in tree.body
        if isinstance(n, ast.Assign) and n.targets[0].id == "WORDS"
    ]
    asked = {line for _, line, _ in conversation(PAGE.read_text())}
    for word, meaning in words:
        name = word.split("(")[0]
        assert docs[name].startswith(meaning)
        assert f"puck.{word}" in asked
    public = {name for name in docs if not name.startswith("_")}
    assert public == {word.split("(")[0] for word, _ in words}


def test_a_night_that_is_asked_loses_nothing(answered):
    folder, _ = answered
    night = read_journal(journals(folder)[-1])
    assert night.damaged_bytes == night.broken_seals == 0
    epochs, events = night.of(records.EPOCH), night.of(records.EVENT)
    assert [epoch.index for epoch in epochs] == list(range(22))
    assert not [epoch for epoch in epochs if epoch.flags & records.LOST_SAMPLES]
    asked = [records.ASKED] * 3  # the lamp, the evening, the tone to hear itself by
    heard = [records.CALIBRATED]
    set_ = [records.CLOCK_SET, records.SETTING, *[records.ALARM_SET] * 2]  # and a nap
    kinds = [event.kind for event in events]
    assert kinds == [records.START, *asked, *heard, *set_, records.STOP]


def test_before_any_night_the_words_say_what_is_not_known(run_in, world, tmp_path):
    said = in_the_vm(
        run_in,
        lend(world, tmp_path),
        """
import builtins, puck
said = []
builtins.print = lambda *words: said.append(" ".join([str(word) for word in words]))
puck.status()
puck.live()
puck.errors()
puck.epoch()
puck.replay()
puck.morning()
result = said
""",
    )
    assert "flash        not mounted: no night has run" in said
    assert "night        none runs" in said
    assert said[-5:] == [
        "no night runs; puck.selftest() asks the parts",
        "nothing is known to be wrong",
        "no such epoch",
        "no night is kept",
        "no night is kept",
    ]


def test_a_missing_part_is_told_with_its_remedy(world, tmp_path):
    asks = [
        ("puck> ", "import puck"),
        *(("puck> ", f"puck.{w}()") for w in ("errors", "live", "status", "selftest")),
    ]
    shown = {
        line: answer
        for _, line, answer in conversation(typed(world, tmp_path, asks, "light", "pulse"))
    }
    remedy = "check its wires to the bedside bus\n"
    assert "light sensor: no answer at 0x10; " + remedy in shown["puck.errors()"]
    assert re.search(r"^light +unknown$", shown["puck.live()"], re.MULTILINE)
    assert re.search(r"^heart rate +unknown$", shown["puck.live()"], re.MULTILINE)
    assert re.search(r"^missing +pulse sensor, light sensor$", shown["puck.status()"], re.MULTILINE)
    assert re.search(
        r"^light sensor +missing +- +no answer at 0x10\n +-> " + remedy,
        shown["puck.selftest()"],
        re.MULTILINE,
    )


# A puck after a night of ten minutes that `change` may have meddled with; what a word says.
WORD = (
    START
    + """
from firmware import app
app.latest = puck
puck.open()
go_on(600)
puck.close()
said = []
def meddle(change):
    path = puck.journal.path
    with open(path, "rb") as file:
        data = bytearray(file.read())
    change(data)
    with open(path, "wb") as file:
        file.write(data)
def run_with(data, index):
    at = 0
    while True:
        end = at + records.length(data, at)
        if records.whole(data, at) is records.SCORE:
            rows = records.SCORE.rows(data[at:end])
            if index <= rows[-1].index:
                return at, end, rows
        at = end
def ask(word, *arguments):
    import puck as words
    words.print = said.append
    getattr(words, word)(*arguments)
    return said
"""
)


def told(run_in, world, folder, lines):
    return in_the_vm(run_in, lend(world, folder), WORD + lines)


def test_an_honest_night_is_scored_equal(run_in, world, tmp_path):
    said = told(run_in, world, tmp_path, "result = ask('replay')")
    assert [re.sub(" +", " ", line) for line in said] == [
        "night 1: 20 epochs, 20 scores",
        "scores equal",
        "seals 4, all whole",
        "damage none",
    ]


def test_a_night_that_a_reset_broke_off_lacks_no_score(run_in, world, tmp_path):
    """The last ones waited in RAM; when the night goes on they are given again."""
    lines = WORD.replace("puck.close()", "app.latest = None") + "result = ask('replay')"
    said = in_the_vm(run_in, lend(world, tmp_path), lines)
    assert re.match("night +1: 19 epochs, [0-8] scores", said[0])
    assert re.match("scores +equal", said[1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            # a score told otherwise, its checksum made anew
            "at, end, rows = run_with(data, 4)\n"
            "    row = list(rows[4])\n"
            "    row[1] = records.DEEP\n"
            "    rows[4] = records.SCORE.tuple(*row)\n"
            "    data[at:end] = records.SCORE.pack(*rows)",
            ["scores 1 differ", "epoch 4: written deep", "1 broken", "damage none"],
        ),
        (
            "at, end, rows = run_with(data, 6)\n    data[at:end] = records.SCORE.pack(*rows[:-1])",
            ["19 scores", "scores 1 differ", "epoch 6: no score is written", "1 broken"],
        ),
        (
            "at, end, rows = run_with(data, 19)\n    data[at:end] = records.SCORE.pack(*rows[:-1])",
            ["19 scores", "scores 1 differ", "epoch 19: no score is written"],
        ),
        (
            "at, end, rows = run_with(data, 4)\n    data[at:at] = data[at:end]",
            ["epoch 4: a score is written that no epoch gives"],
        ),
        (
            "at, end, rows = run_with(data, 4)\n    data[at + 3] ^= 1",
            ["13 scores", "scores 7 differ", "damage 41 bytes", "epoch 4: no score is written"],
        ),
    ],
)
def test_a_night_that_was_meddled_with_is_told(run_in, world, tmp_path, change, says):
    lines = f"def change(data):\n    {change}\nmeddle(change)\nresult = ask('replay')"
    said = "\n".join(re.sub(" +", " ", line) for line in told(run_in, world, tmp_path, lines))
    for words in says:
        assert words in said


def test_the_morning_s_figures_are_those_of_the_report(run_in, world, tmp_path):
    lines = """
ask("morning")
import replay
kept = app.last_night().replay()
night = replay.whole_night([kind.unpack(found) for kind, found in kept if kind is records.EPOCH])
from puck_night import of_summary
result = [said, list(of_summary(1, replay.summarise(replay.stages(night))))]
"""
    said, again = told(run_in, world, tmp_path, lines)
    assert said == again
    assert said[0].endswith("1, in bed 10 min 00 s")


SUMMARY = {
    "time_in_bed_s": 28800,
    "total_sleep_time_s": 25200,
    "efficiency_pct": 87,
    "sleep_onset_latency_s": 1230,
    "waso_s": 1680,
    "awakenings": 9,
    "light_s": 14400,
    "deep_s": 5400,
    "rem_s": 5430,
    "unknown_s": 60,
    "not_worn_s": 90,
}


@pytest.mark.parametrize("lost", [(), ("sleep_onset_latency_s", "light_s", "deep_s", "rem_s")])
def test_a_whole_night_is_told_in_plain_figures(worker, lost):
    figures = SUMMARY | dict.fromkeys(lost, -1)
    script = "from puck_night import of_summary\nresult = list(of_summary(3, figures))"
    said = [
        re.split("  +", line) for line in worker.call("snippet:run", script, {"figures": figures})
    ]
    known = ["20 min 30 s", "4 h 00 min", "1 h 30 min", "1 h 30 min"]
    onset, *stages = ["unknown"] * 4 if lost else known
    assert said == [
        ["night", "3, in bed 8 h 00 min"],
        ["asleep", "7 h 00 min, 87 %"],
        ["onset", onset],
        ["then awake", "28 min 00 s, 9 times"],
        *([name, span] for name, span in zip(("light", "deep", "rem"), stages, strict=True)),
        ["not known", "1 min 00 s; not worn 1 min 30 s"],
    ]


@pytest.mark.parametrize(
    ("index", "says"),
    [
        (0, "epoch 0, from"),
        (19, "epoch 19, from"),
        (-20, "epoch 0, from"),
        (-1, "epoch 19, from"),
        (20, "no such epoch"),
        (-21, "no such epoch"),
    ],
)
def test_an_epoch_is_found_by_its_index_or_from_the_end(run_in, world, tmp_path, index, says):
    said = told(run_in, world, tmp_path, f"result = ask('epoch', {index})")
    assert re.sub(" +", " ", said[0]).startswith(says)


def test_what_the_start_found_out_is_told(run_in, world, tmp_path):
    lines = """
class Start:
    cause, slot, boots, safe, develop = "watchdog", "a", 7, "", True
    told = "taken back: 0.2.0; 0.1.0 runs from slot a: it hung"
    def crashes(self):
        return ["boot 6, slot a, after 12 s: ValueError at app.py:3"]
import __main__
__main__.start = Start()
ask("status")
result = ask("errors")
"""
    said = "\n".join(told(run_in, world, tmp_path, lines))
    assert re.search("started +watchdog; boot 7$", said, re.MULTILINE)
    assert re.search("watchdog +off: development$", said, re.MULTILINE)
    assert "crash: boot 6, slot a, after 12 s: ValueError at app.py:3" in said
    assert "update: taken back: 0.2.0; 0.1.0 runs from slot a: it hung" in said


def test_what_is_mended_is_wrong_no_more(run_in, world, tmp_path):
    lines = """
light = puck.room.sensors[0]
light.fail(light.driver.error("gone"))
puck.board.buses[0][1].freed = 2
puck.tasks.faults = 1
puck.board.clock_chip.regs.retries = 4
wrong = list(ask("errors"))
said.clear()
light.start()
result = [wrong, ask("errors")]
"""
    wrong, left = told(run_in, world, tmp_path, lines)
    assert wrong == [
        "light sensor: gone; check its wires to the bedside bus",
        "tasks died and were started again: 1; the console said why",
        "pod bus: freed 2 times; look for a loose plug",
        "clock chip: 4 transfers repeated; check its wires to the bedside bus",
    ]
    assert left == wrong[1:]


def test_a_night_that_goes_on_meanwhile_is_read_as_it_was(run_in, world, tmp_path):
    """A batch that is written between two steps moves records from RTC memory to the file."""
    lines = """
puck.journal, _ = app.journal.open_night(storage.DATA, puck.board.rtc)
puck._begin()
for i in range(40):
    puck.tell(records.PRESSED, records.BUTTON, i)
before = [bytes(record) for _, record in puck.journal.replay()]
found = []
for _, record in puck.journal.replay():
    found.append(bytes(record))
    if len(found) == 3:
        puck.journal.flush()
        puck.tell(records.PRESSED, records.BUTTON, 99)
again = []
for _, record in puck.journal.replay():
    again.append(bytes(record))
    if len(again) == 3:
        puck.journal.flush()
result = [found == before, len(before), len(again)]
"""
    assert told(run_in, world, tmp_path, lines) == [True, 42, 44]
