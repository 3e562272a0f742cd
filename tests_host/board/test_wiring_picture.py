"""Picture and table of the wires say the same as the files of boards and parts.

The picture is read as a person reads it: what is joined by lines belongs together, and the
nets that come out must be those of the files. `pytest tests_host/board --write-docs` writes
picture and table anew.
"""

import dataclasses
import tomllib
from collections import defaultdict
from itertools import pairwise, product
from xml.etree import ElementTree

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sleepsync.boards import HW, load
from sleepsync.hardware import load_plan, picture, wiring_page

BOARDS = ["esp32s3_devkitc", "esp32_wrover"]
SVG = "{http://www.w3.org/2000/svg}"
PLAN = load_plan()
TABLE = tomllib.loads((HW / "parts.toml").read_text())
RAILS = set(TABLE["rails"])
POWER = {"3V3": "3V3", "5V": "5V", "G": "GND", "GND": "GND"}


def expected(board):
    """{net: pins} as the files have it, without the code that draws them."""
    role_of = {gpio: role for role, gpio in board.gpio.items()}
    nets = defaultdict(set)
    for pin in board.headers:
        net = role_of.get(pin.gpio) or POWER.get(pin.label)
        if net:
            nets[net].add(f"{pin.side}.{pin.place}")
    for part, row in TABLE["parts"].items():
        for pin, net in row["pins"].items():
            nets[net].add(f"{part}.{pin}")
    for row in TABLE["passives"]:
        for net in set(row["ends"]) - RAILS:
            nets[net].add(f"{row['name']}.{net}")
    return nets


# -- the picture


class Drawing:
    """Lines by net, pins and dots of an SVG."""

    def __init__(self, text):
        root = ElementTree.fromstring(text)
        self.lines = defaultdict(list)
        for group in root.iter(f"{SVG}g"):
            for line in group.findall(f"{SVG}line"):
                if "data-net" in group.attrib:
                    ends = [float(line.get(name)) for name in ("x1", "y1", "x2", "y2")]
                    self.lines[group.get("data-net")].append(ends)
        self.boxes = [
            [float(box.get(name)) for name in ("x", "y", "width", "height")]
            for box in root.iter(f"{SVG}rect")
            if box.get("width") in ("220", "350")
        ]
        circles = [circle.attrib for circle in root.iter(f"{SVG}circle")]
        self.pins = [(c["data-pin"], c["data-net"], point(c)) for c in circles if "data-pin" in c]
        self.dots = {point(c) for c in circles if "data-pin" not in c}
        self.flags = [
            (t.text, float(t.get("x")), round(float(t.get("y"))))
            for t in root.iter(f"{SVG}text")
            if t.text in RAILS and t.get("fill") == "#ffffff"
        ]


def point(circle):
    return float(circle["cx"]), float(circle["cy"])


def touches(line, at):
    x1, y1, x2, y2 = line
    return min(x1, x2) <= at[0] <= max(x1, x2) and min(y1, y2) <= at[1] <= max(y1, y2)


def ends(line):
    return [(line[0], line[1]), (line[2], line[3])]


def joined(one, other):
    """Two lines are joined where an end of one lies on the other."""
    return any(touches(other, end) for end in ends(one)) or any(
        touches(one, end) for end in ends(other)
    )


def pieces(lines):
    """The lines, in heaps of those that hang together."""
    heaps = []
    for line in lines:
        mine = [heap for heap in heaps if any(joined(line, one) for one in heap)]
        heaps = [heap for heap in heaps if heap not in mine]
        heaps.append([line, *(one for heap in mine for one in heap)])
    return heaps


def pins_drawn(drawing):
    drawn = defaultdict(set)
    for name, net, _ in drawing.pins:
        if net:
            drawn[net].add(name)
    return drawn


def wires_are_whole(drawing):
    """Each wire is one piece, but for the pod's: its two are joined by the plug."""
    for net, lines in drawing.lines.items():
        is_pod = net in TABLE["groups"]["pod"]["nets"]
        assert (net, len(pieces(lines))) == (net, 2 if is_pod else 1)
        for name, of, at in drawing.pins:
            reached = any(touches(line, at) for line in lines)
            assert (name, net, reached) == (name, net, of == net)


def wires_only_cross(drawing):
    """No end of one wire may lie on another."""
    for (net, lines), (other, others) in product(drawing.lines.items(), repeat=2):
        if net < other:
            touching = [(a, b) for a, b in product(lines, others) if joined(a, b)]
            assert (net, other, touching) == (net, other, [])


def dots_are_joints(drawing):
    """A dot where a wire branches, and nowhere else."""
    needed = set()
    for lines in drawing.lines.values():
        for line, other in product(lines, repeat=2):
            needed |= {end for end in ends(line) if touches(other, end) and end not in ends(other)}
    assert needed <= drawing.dots
    for dot in drawing.dots - needed:
        meeting = [line for lines in drawing.lines.values() for line in lines if dot in ends(line)]
        assert len(meeting) >= 3


def flags_are_right(drawing):
    """Every supply pin has its own flag, and no wire runs through a flag."""
    for name, net, (x, y) in drawing.pins:
        if net in RAILS:
            near = [
                flag for flag, at, row in drawing.flags if abs(at - x) < 50 and abs(row - y) < 6
            ]
            assert (name, near) == (name, [net])
    for (_, x, y), lines in product(drawing.flags, drawing.lines.values()):
        assert not [one for one in lines if one[0] == one[2] and abs(one[0] - x) < 28 and
                    min(one[1], one[3]) < y < max(one[1], one[3])]  # fmt: skip


def wires_keep_off_boxes(drawing):
    for x, y, width, height in drawing.boxes:
        for x1, y1, x2, y2 in (line for lines in drawing.lines.values() for line in lines):
            beside = max(x1, x2) <= x or min(x1, x2) >= x + width
            assert beside or max(y1, y2) <= y or min(y1, y2) >= y + height


@pytest.fixture(scope="module", params=BOARDS)
def key(request):
    return request.param


@pytest.fixture(scope="module")
def drawing(key):
    return Drawing((HW / f"wiring/{key}.svg").read_text())


def test_picture_and_table_are_written_from_the_files(key, request):
    board = load(key)
    for suffix, text in ((".svg", picture(board, PLAN)), (".md", wiring_page(board, PLAN))):
        path = HW / f"wiring/{key}{suffix}"
        if request.config.getoption("--write-docs"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.read_text() == text


def the_lead_goes_through(drawing):
    """The plug has its contacts on both sides, and so joins what is two pieces else."""
    at = defaultdict(list)
    for name, _, (x, y) in drawing.pins:
        if name.startswith("plug."):
            at[name, y].append(x)
    assert [len(set(sides)) for sides in at.values()] == [2] * 6


def read_as_a_person_would(board, drawing):
    assert pins_drawn(drawing) == expected(board)
    the_lead_goes_through(drawing)
    wires_are_whole(drawing)
    wires_only_cross(drawing)
    dots_are_joints(drawing)
    flags_are_right(drawing)
    wires_keep_off_boxes(drawing)


def test_the_picture_says_what_the_files_say(key, drawing):
    read_as_a_person_would(load(key), drawing)


@settings(max_examples=20, deadline=None, phases=[Phase.generate])  # shrinking takes minutes
@given(st.permutations([1, 2, 4, 5, 6, 7, *range(8, 18), 21, 35, 36, 37, 47]))
def test_any_other_choice_of_pins_is_drawn_as_well(shuffled):
    board = load("esp32s3_devkitc")
    board = dataclasses.replace(board, gpio=dict(zip(board.gpio, shuffled, strict=False)))
    read_as_a_person_would(board, Drawing(picture(board, PLAN)))


def test_no_two_parts_overlap(drawing):
    columns = defaultdict(list)
    for box in drawing.boxes:
        columns[box[0]].append(box)
    assert len(drawing.boxes) == len(TABLE["parts"]) + 1
    for stack in columns.values():
        for (_, y, _, height), (_, below, _, _) in pairwise(sorted(stack)):
            assert y + height < below


def test_it_has_a_ground_of_its_own(key):
    """On a dark page it must be as plain as on a light one."""
    root = ElementTree.fromstring((HW / f"wiring/{key}.svg").read_text())
    first = root.find(f"{SVG}rect")
    assert first.get("fill") == "#ffffff"
    assert [first.get("width"), first.get("height")] == root.get("viewBox").split()[2:]


# -- the table


def test_the_table_names_the_print_beside_each_wire(key):
    """A person solders by what is printed on the board."""
    page = (HW / f"wiring/{key}.md").read_text()
    board = load(key)
    for pin in board.headers:
        for role, gpio in board.gpio.items():
            if gpio == pin.gpio:
                assert f"| {pin.side} | {pin.place} | {pin.label} | {role} | " in page
    for name, net in ((row["name"], net) for row in TABLE["passives"] for net in row["ends"]):
        assert name in page.split(f"| {net} | ")[1].splitlines()[0]
