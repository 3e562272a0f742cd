"""Every part with every fault, against the table of docs/faults.md, which this test writes.

`pytest tests_host/world/test_faults.py --write-docs` writes the rows anew.
"""

import re

import pytest
from sleepsync.bench import fault_matrix
from sleepsync.bench.fault_matrix import KINDS, MUTE, NOTES, PARTS, FaultMatrix
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_puck
from sleepsync.world import generate, write_world

PAGE = ROOT / "docs/faults.md"
ROWS = re.compile(r"^\| (?P<part>[a-z ,]+) \| .*\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def matrix():
    with FaultMatrix() as found:
        yield found


def row(part, texts):
    return f"| {part} | " + " | ".join(texts) + " |"


def written(part):
    """The page's row of a part."""
    return next((m.group() for m in ROWS.finditer(PAGE.read_text()) if m["part"] == part), None)


def write(part, line):
    PAGE.write_text(PAGE.read_text().replace(written(part), line))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_with_every_fault(matrix, part, request):
    cells = dict(matrix.row(part))
    assert [(name, cell.problems) for name, cell in cells.items() if cell.problems] == []
    name = records.PARTS[part.number]
    found = row(name, [cell.text for cell in cells.values()])
    if request.config.getoption("--write-docs"):
        write(name, found)
    assert written(name) == found


@pytest.mark.parametrize(
    ("option", "wrong", "remedy"),
    [
        ({"fault": "nose:absent"}, "nose", "microphone"),
        ({"fault": "pulse:lazy"}, "lazy", "stuck_for_ever"),
        ({"fault": "pulse:absent:soon"}, "soon", "integer"),
        ({"press": "60"}, "press=60", "values"),
    ],
)
def test_a_fault_that_is_not_simulated_is_refused(tmp_path, option, wrong, remedy):
    write_world(generate(1, 0.02), tmp_path)
    with pytest.raises(ValueError, match=wrong) as refused:
        run_puck(tmp_path, **option)
    assert remedy in str(refused.value)


def test_the_button_is_heard_by_its_length(tmp_path):
    write_world(generate(1, 0.03), tmp_path)
    run_puck(tmp_path, press="20:80,40:2500,60:15000")
    events = read_journal(journals(tmp_path)[-1]).of(records.EVENT)
    presses = [(e.t_ms / 1000, e.value) for e in events if e.kind == records.PRESSED]
    assert [value for _, value in presses] == pytest.approx([80, 2500, 15000], abs=60)
    assert [end for end, _ in presses] == pytest.approx([20.1, 42.5, 75], abs=0.2)


def test_the_page_has_every_column_note_and_mute_part():
    text = PAGE.read_text()
    assert row("part", KINDS) in text
    for part in MUTE:
        assert row(part, ["- a"] * len(KINDS)) in text
    for letter, note in NOTES.items():
        assert f"- {letter}: {note}\n" in text


def test_the_matrix_sees_a_healthy_part_that_pays():
    """Its own judgement: a gap of the other sensor, marked epochs, a missing epoch, no remedy."""
    pulse, light = PARTS[0], PARTS[2]
    blank = records.EPOCH.tuple(*[0] * len(records.EPOCH.tuple._fields))
    whole = [blank._replace(index=i) for i in range(24)]
    gap = records.EVENT.tuple(5000, records.GAP, records.MOTION, 3)
    missing = records.EVENT.tuple(5000, records.PART_MISSING, records.PULSE, 0)
    torn = [epoch._replace(flags=records.LOST_SAMPLES) for epoch in whole]
    deaf = [epoch._replace(flags=records.NO_MOTION_SENSOR) for epoch in whole]

    def problems(part, column, epochs, events=(), said=()):
        return list(fault_matrix._problems(part, column, epochs, list(events), list(said)))

    button = PARTS[-1]
    resumed = [*whole[:4], *torn[5:6], *whole[6:]]  # one missing, one marked
    assert problems(button, "stuck", resumed) == []
    assert problems(button, "stuck", [*resumed[:9], *resumed[10:]]) != []
    assert problems(button, "stuck", [*resumed[:9], torn[10], *resumed[10:]]) != []
    assert problems(button, "absent", resumed) != []
    assert list(fault_matrix._restarts(button, "stuck", 1)) == []
    assert list(fault_matrix._restarts(button, "stuck", 0)) != []
    assert list(fault_matrix._restarts(pulse, "stuck", 1)) != []
    assert list(fault_matrix._gaps_of_others(pulse, [gap])) != []
    assert list(fault_matrix._gaps_of_others(PARTS[1], [gap])) == []
    assert problems(light, "absent", whole) == []
    assert problems(light, "absent", torn) != []
    assert problems(light, "absent", whole[1:]) != []
    assert problems(pulse, "absent", deaf) != []
    assert problems(pulse, "stuck", deaf) == []  # they share the bus
    said = ["pulse sensor: no answer; mend it"]
    assert problems(pulse, "absent", torn, [missing], said) == []
    assert problems(pulse, "absent", torn, [missing], ["pulse sensor: no answer"]) != []
    assert problems(pulse, "absent", whole, [missing], said) != []
