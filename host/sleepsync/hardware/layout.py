"""Where everything stands in the picture: columns of parts, the board, and between them channels.

    pod | A | left parts | B | board | C | right parts

Rows of parts lie between rows of the header (10 px off), so that no two wires ever share a
line of the sheet by chance.
"""

from dataclasses import dataclass, field

from sleepsync.boards import Board, HeaderPin

from .parts import Part, Passive, Plan
from .tables import POWER

ROW = 20  # a part's pin
HEADER_ROW = 40
TITLE = 40  # above a part's first row
PART_WIDTH = 220
BOARD_WIDTH = 350
FLAG = 76  # kept free beside every edge, for the flags of supplies
TRACK = 13  # between two wires that run up and down
TOP = 140  # title and legend
MARGIN = 30

_COLUMN_OF = {"A": "pod", "B": "left", "C": "right"}


@dataclass(frozen=True)
class Terminal:
    """An end of a net at the edge of `channel`: `faces` 1 if the channel lies to its right."""

    net: str
    x: float
    y: float
    channel: str
    faces: int
    name: str


@dataclass(frozen=True)
class Column:
    """A stack of parts: its left edge, and the channel that its wires run in."""

    x: float
    channel: str
    faces: int

    @property
    def edge(self) -> float:
        """Where its pins are."""
        return self.x + PART_WIDTH if self.faces == 1 else self.x


@dataclass(frozen=True)
class Place:
    """Where a part or passive stands, and its terminals in the order of its pins."""

    what: Part | Passive
    column: Column
    y: float
    height: float
    terminals: tuple[Terminal, ...]


@dataclass
class Layout:
    """The whole sheet. `tracks`: {(channel, net): x}."""

    places: list[Place] = field(default_factory=list)
    header: list[tuple[HeaderPin, Terminal]] = field(default_factory=list)
    tracks: dict[tuple[str, str], float] = field(default_factory=dict)
    board_x: float = 0
    board_y: float = 0
    board_height: float = 0
    width: float = 0
    height: float = 0

    def ends(self, channel: str, net: str) -> list[Terminal]:
        """The terminals of a net in a channel."""
        return [end for end in self.terminals() if (end.channel, end.net) == (channel, net)]

    def terminals(self) -> list[Terminal]:
        """All terminals, of parts and header."""
        of_parts = [end for place in self.places for end in place.terminals]
        return of_parts + [end for _, end in self.header]


def lay_out(board: Board, plan: Plan) -> Layout:
    """Find a place for everything."""
    sides = _sides(board, plan)
    width = {channel: _channel_width(board, plan, sides, channel) for channel in _COLUMN_OF}
    pod = Column(MARGIN, "A", 1)
    left = Column(pod.edge + width["A"], "B", 1)
    layout = Layout(board_x=left.edge + width["B"])
    right = Column(layout.board_x + BOARD_WIDTH + width["C"], "C", -1)
    for name, column in (("pod", pod), ("left", left), ("right", right)):
        parts = [part for part in plan.parts.values() if sides[part.key] == name]
        layout.places += _stack(plan, parts, column)
    _set_board(layout, board)
    lowest = max(place.y + place.height for place in layout.places)
    lanes = sum(passes_below(layout, role) for role in board.gpio)
    layout.width = right.x + PART_WIDTH + MARGIN
    layout.height = max(lowest, lane_y(layout, lanes)) + MARGIN
    for channel in _COLUMN_OF:
        _set_tracks(layout, plan, channel)
    return layout


def lane_y(layout: Layout, number: int) -> float:
    """Where the wire with that number passes below the board."""
    return layout.board_y + layout.board_height + HEADER_ROW + ROW * number


def _sides(board, plan):
    """{part: column of the sheet}: parts that stand together go where most of their wires are."""
    side_of = {pin.gpio: pin.side for pin in board.headers}
    votes: dict[str, int] = {}
    for part in plan.parts.values():
        for net in part.pins.values():
            if net in board.gpio:
                vote = 1 if side_of[board.gpio[net]] == "left" else -1
                votes[part.column] = votes.get(part.column, 0) + vote
    chosen = {name: "left" if vote > 0 else "right" for name, vote in votes.items()}
    chosen |= {"pod": "pod", "left": "left"}
    return {part.key: chosen[part.column] for part in plan.parts.values()}


def _channel_width(board, plan, sides, channel):
    """Room for a track for each wire that runs there, and for flags at both edges."""
    side = _COLUMN_OF[channel]
    parts = [part for part in plan.parts.values() if sides[part.key] == side]
    wires = {net for part in parts for net in part.pins.values()} - plan.rails.keys()
    keys = [part.key for part in parts]
    wires |= {net for p in plan.passives if p.by in keys for net in p.ends} - plan.rails.keys()
    brought = {pin.gpio for pin in board.headers if pin.side == side}
    wires |= {role for role, gpio in board.gpio.items() if gpio in brought}
    return 2 * FLAG + TRACK * len(wires)


def _stack(plan, parts, column):
    y = TOP
    for part in parts:
        height = TITLE + ROW * len(part.pins)
        yield Place(part, column, y, height, tuple(_part_ends(part, column, y)))
        y += height + ROW
        for passive in plan.passives:
            if passive.by == part.key:
                ends = tuple(_passive_ends(plan, passive, column, y))
                height = ROW * max(len(ends), 1)
                yield Place(passive, column, y, height, ends)
                y += height
        y += ROW


def _part_ends(part, column, y):
    edges = [(column.edge, column.channel, column.faces)]
    if part.through:
        edges.append((column.x, "A", -1))
    for x, channel, faces in edges:
        for row, (pin, net) in enumerate(part.pins.items()):
            yield Terminal(net, x, y + TITLE + ROW * row + ROW / 2, channel, faces, pin)


def _passive_ends(plan, passive, column, y):
    """A row for each end that is a wire; supplies are flags and need none."""
    wires = [net for net in passive.ends if net not in plan.rails]
    for row, net in enumerate(wires):
        row_y = y + ROW * row + ROW / 2
        yield Terminal(net, column.edge, row_y, column.channel, column.faces, passive.name)


def _set_board(layout, board):
    pins = max(pin.place for pin in board.headers)
    layout.board_y = TOP
    layout.board_height = HEADER_ROW * (pins + 2)
    roles = {gpio: role for role, gpio in board.gpio.items()}
    for pin in board.headers:
        is_left = pin.side == "left"
        x = layout.board_x + (0 if is_left else BOARD_WIDTH)
        net = roles.get(pin.gpio, "") or POWER.get(pin.label, "")
        y = layout.board_y + ROW + HEADER_ROW * pin.place
        end = Terminal(net, x, y, "B" if is_left else "C", -1 if is_left else 1, pin.label)
        layout.header.append((pin, end))


def _set_tracks(layout, plan, channel):
    """One track for each wire of the channel, in an order in which few of them cross."""
    ends = [end for end in layout.terminals() if end.channel == channel]
    nets = list(dict.fromkeys(end.net for end in ends if end.net and end.net not in plan.rails))
    _untangle(nets, {net: _runs(layout, channel, net) for net in nets})
    start = min(end.x for end in ends if end.faces == 1) + FLAG
    for number, net in enumerate(nets):
        layout.tracks[channel, net] = start + TRACK * number


def _runs(layout, channel, net):
    """(rows that come from the left, rows from the right, top, bottom) of a wire's track."""
    ends = layout.ends(channel, net)
    rows = [end.y for end in ends]
    if passes_below(layout, net):
        rows.append(lane_y(layout, 0))
    left = [end.y for end in ends if end.faces == 1]
    return left, [end.y for end in ends if end.faces == -1], min(rows), max(rows)


def passes_below(layout: Layout, net: str) -> bool:
    """Whether a wire has ends on both sides of the board."""
    return bool(layout.ends("B", net)) and bool(layout.ends("C", net))


def _untangle(nets, runs):
    """Swap neighbours while that saves crossings."""
    for _ in nets:
        for i in range(len(nets) - 1):
            first, second = nets[i], nets[i + 1]
            if _crossings(runs[second], runs[first]) < _crossings(runs[first], runs[second]):
                nets[i : i + 2] = second, first


def _crossings(left, right):
    """How often two wires cross if the track of `left` is left of that of `right`."""
    over_right = sum(right[2] < y < right[3] for y in left[1])
    return over_right + sum(left[2] < y < left[3] for y in right[0])
