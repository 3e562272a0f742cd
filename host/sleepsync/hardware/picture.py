"""The wiring of one board as a picture, from the same files as its firmware and its tables."""

from sleepsync.boards import Board

from .layout import (
    BOARD_WIDTH,
    PART_WIDTH,
    ROW,
    TOP,
    Layout,
    Terminal,
    lane_y,
    lay_out,
    passes_below,
)
from .parts import Part, Plan
from .sheet import FAINT, INK, Sheet
from .tables import joints

_FLAG_WIDTH = 52
_STUB = 7
_SYMBOL = 44  # length of a resistor or capacitor with its leads


def picture(board: Board, plan: Plan) -> str:
    """The SVG of `board` with all parts of `plan`."""
    layout = lay_out(board, plan)
    sheet = Sheet(round(layout.width), round(layout.height), f"Wiring of the {board.name}")
    _draw_legend(sheet, board, plan)
    _draw_pod(sheet, layout)
    lane = 0
    for net in dict.fromkeys(net for _, net in layout.tracks):
        sheet.group(f"{net}: {'; '.join(joints(plan, net))}", net=net)
        _draw_wire(sheet, layout, net, plan.colour(net), lane)
        lane += passes_below(layout, net)
    _draw_board(sheet, layout, board, plan)
    for place in layout.places:
        draw = _draw_part if isinstance(place.what, Part) else _draw_passive
        draw(sheet, place, plan)
    return sheet.svg()


def _draw_legend(sheet, board, plan):
    sheet.group("legend")
    sheet.text(30, 36, f"Wiring of the {board.name}", 22, bold=True)
    sheet.text(30, 62, "Seen from above, USB downwards. A dot joins wires; wires that only cross "
               "are not joined. Flags of one name are one supply.", 12, FAINT)  # fmt: skip
    x = 30.0
    for group in plan.groups.values():
        sheet.line(x, 92, x + 26, 92, group.colour, 4)
        sheet.text(x + 33, 92, group.title, 12)
        x += 33 + 6.3 * len(group.title) + 22


def _draw_pod(sheet, layout):
    """What is on the finger, and the lead between it and the puck."""
    places = [place for place in layout.places if place.column.channel == "A"]
    lowest = max(place.y + place.height for place in places)
    sheet.group("the pod")
    left, edge = places[0].column.x - 16, places[0].column.edge
    sheet.box(left, TOP - 26, edge - left + 96, lowest - TOP + 56, "#f6f8fa", "#0969da", 14)
    sheet.text(left + 12, TOP - 12, "the pod, on the finger", 12, "#0969da")
    sheet.text(left + 12, lowest + 18, "joined to the puck by a lead of 1 m at most", 11, FAINT)


def _draw_wire(sheet, layout, net, colour, lane):
    """A track up and down in each channel, a line from it to every end, a lane below the board."""
    tracks = {c: layout.tracks[c, net] for c in "ABC" if (c, net) in layout.tracks}
    below = lane_y(layout, lane)
    for channel, x in tracks.items():
        ends = layout.ends(channel, net)
        rows = [end.y for end in ends]
        for end in ends:
            sheet.line(end.x, end.y, x, end.y, colour)
        if channel != "A" and passes_below(layout, net):
            rows.append(below)
        _draw_track(sheet, x, sorted(rows), colour)
    if passes_below(layout, net):
        sheet.line(tracks["B"], below, tracks["C"], below, colour)


def _draw_track(sheet, x, rows, colour):
    """One line from the first row to the last, with a dot where another joins between."""
    if rows[0] != rows[-1]:
        sheet.line(x, rows[0], x, rows[-1], colour)
    for row in dict.fromkeys(rows):
        if rows[0] < row < rows[-1] or (rows.count(row) > 1 and len(rows) > 2):
            sheet.dot(x, row, colour)


def _draw_board(sheet: Sheet, layout: Layout, board: Board, plan: Plan) -> None:
    sheet.group(board.name)
    x, y = layout.board_x, layout.board_y
    sheet.box(x, y, BOARD_WIDTH, layout.board_height, "#f6f8fa", INK, 10)
    middle = x + BOARD_WIDTH / 2
    sheet.text(middle, y + 20, board.name, 14, anchor="middle", bold=True)
    sheet.text(middle, y + 38, board.module, 11, FAINT, "middle")
    sheet.box(middle - 34, y + layout.board_height - 22, 68, 30, "#d0d7de", INK, 5)
    sheet.text(middle, y + layout.board_height - 7, "USB", 12, anchor="middle")
    for pin, end in layout.header:
        _draw_header_pin(sheet, pin, end, plan)


def _draw_header_pin(sheet, pin, end, plan):
    anchor, inwards = ("end", -1) if end.faces == 1 else ("start", 1)
    ink = INK if end.net else FAINT
    sheet.text(end.x + 12 * inwards, end.y, end.name, 13, ink, anchor, bold=bool(end.net))
    if end.net and end.net not in plan.rails:
        words = end.net if pin.label == str(pin.gpio) else f"GPIO {pin.gpio} {end.net}"
        sheet.text(end.x + 44 * inwards, end.y, words, 12, plan.colour(end.net), anchor)
    _draw_end(sheet, end, plan, f"{pin.side}.{pin.place}")


def _draw_part(sheet, place, plan):
    part = place.what
    sheet.group(f"{part.title}: {part.order}")
    stroke = INK if part.column != "pod" else "#0969da"
    x = place.column.x
    sheet.box(x, place.y, PART_WIDTH, place.height, "#ffffff", stroke, 6)
    sheet.text(x + 12, place.y + 15, part.title, 13, bold=True)
    sheet.text(x + 12, place.y + 31, part.order, 10, FAINT)
    for end in place.terminals:
        if end.faces == 1:
            sheet.text(end.x - 10, end.y, end.name, 11, anchor="end")
        else:
            sheet.text(end.x + 10, end.y, end.name, 11)
        _draw_end(sheet, end, plan, f"{part.key}.{end.name}")


def _draw_end(sheet: Sheet, end: Terminal, plan: Plan, name: str) -> None:
    """The pin itself, and its flag if it is a supply."""
    if end.net in plan.rails:
        sheet.line(end.x, end.y, end.x + _STUB * end.faces, end.y, plan.rails[end.net])
        _draw_flag(sheet, end.x + _STUB * end.faces, end.y, end.faces, end.net, plan)
    colour = plan.colour(end.net) if end.net else FAINT
    sheet.dot(end.x, end.y, colour, 3.5, pin=name, net=end.net)


def _draw_flag(sheet, x, y, faces, rail, plan):
    left = x if faces == 1 else x - _FLAG_WIDTH
    sheet.box(left, y - 8, _FLAG_WIDTH, 16, plan.rails[rail], "none", 3)
    sheet.text(left + _FLAG_WIDTH / 2, y, rail, 10, "#ffffff", "middle", bold=True)


def _draw_passive(sheet, place, plan):
    passive, edge, faces = place.what, place.column.edge, place.column.faces
    sheet.group(f"{passive.name}, {passive.value}: {passive.why}")
    words = f"{passive.name}  {passive.value}"
    anchor = "end" if faces == 1 else "start"
    x = edge - faces * (_SYMBOL + _FLAG_WIDTH + 8)
    sheet.text(x, place.y + place.height / 2, words, 11, anchor=anchor)
    if len(place.terminals) == 2:
        _draw_between(sheet, place.terminals, plan, passive.name)
        return
    *others, last = [net for net in passive.ends if net in plan.rails]
    y = place.y + ROW / 2
    _draw_symbol(sheet, edge, y, -faces, passive)
    _draw_flag(sheet, edge - faces * _SYMBOL, y, -faces, last, plan)
    for rail in others:
        _draw_flag(sheet, edge, y, faces, rail, plan)
    for end in place.terminals:
        _draw_end(sheet, end, plan, f"{passive.name}.{end.net}")


def _draw_between(sheet, wires, plan, name):
    """From one row down to the next."""
    first, second = wires
    x = first.x - first.faces * 22
    for end in wires:
        sheet.line(end.x, end.y, x, end.y, plan.colour(end.net), 1.6)
        _draw_end(sheet, end, plan, f"{name}.{end.net}")
    sheet.box(x - 5, first.y + 3, 10, second.y - first.y - 6, "#ffffff", INK, 1)
    sheet.line(x, first.y, x, first.y + 3, INK, 1.6)
    sheet.line(x, second.y - 3, x, second.y, INK, 1.6)


def _draw_symbol(sheet, x, y, way, passive):
    """A box for a resistor or fuse, two plates for a capacitor: _SYMBOL px long."""
    if passive.name.startswith("C"):
        for offset in (19, 25):
            sheet.line(x + way * offset, y - 7, x + way * offset, y + 7, INK, 2)
        sheet.line(x, y, x + way * 19, y, INK, 1.6)
        sheet.line(x + way * 25, y, x + way * _SYMBOL, y, INK, 1.6)
        return
    sheet.line(x, y, x + way * _SYMBOL, y, INK, 1.6)
    left = x + way * (9 if way == 1 else 35)
    fill = "#fff8c5" if passive.name.startswith("F") else "#ffffff"
    sheet.box(left, y - 5, 26, 10, fill, INK, 1)
