"""A drawing in SVG: lines, boxes, words. It knows nothing of what it draws.

Its ground is white and its own, so that it reads on a dark page as on a light one.
"""

from xml.etree import ElementTree

_FONT = "Helvetica, Arial, sans-serif"
INK = "#24292f"
FAINT = "#8c959f"


class Sheet:
    """A sheet of `width` x `height` px. Later shapes lie above earlier ones."""

    def __init__(self, width: int, height: int, title: str):
        self._root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width} {height}",
                "width": str(width),
                "height": str(height),
                "font-family": _FONT,
            },
        )
        ElementTree.SubElement(self._root, "title").text = title
        self._at = self._root
        self.box(0, 0, width, height, fill="#ffffff", stroke="#d0d7de", radius=12)

    def group(self, title: str, **data: str) -> None:
        """What follows belongs together; `title` shows when the pointer rests on it."""
        marks = {f"data-{name}": value for name, value in data.items()}
        self._at = ElementTree.SubElement(self._root, "g", marks)
        ElementTree.SubElement(self._at, "title").text = title

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, width=2.0) -> None:
        """A straight line."""
        ends = {"x1": f"{x1:g}", "y1": f"{y1:g}", "x2": f"{x2:g}", "y2": f"{y2:g}"}
        self._add("line", {**ends, "stroke": colour, "stroke-width": f"{width:g}"})

    def box(self, x, y, width, height, fill, stroke, radius=4) -> None:
        """A rectangle with round corners."""
        corner = {"x": f"{x:g}", "y": f"{y:g}", "rx": f"{radius:g}"}
        size = {"width": f"{width:g}", "height": f"{height:g}"}
        self._add("rect", {**corner, **size, "fill": fill, "stroke": stroke})

    def dot(self, x: float, y: float, colour: str, radius=3.0, **data: str) -> None:
        """A filled circle."""
        marks = {f"data-{name}": value for name, value in data.items()}
        place = {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}"}
        self._add("circle", {**place, "fill": colour, **marks})

    def text(self, x, y, words, size=11, colour=INK, anchor="start", bold=False) -> None:
        """One line of words; `y` is its middle."""
        shape = {"x": f"{x:g}", "y": f"{y + size * 0.35:g}", "font-size": str(size)}
        look = {"fill": colour, "text-anchor": anchor}
        if bold:
            look["font-weight"] = "bold"
        self._add("text", {**shape, **look}).text = words

    def svg(self) -> str:
        """The finished drawing."""
        ElementTree.indent(self._root, " ")
        return ElementTree.tostring(self._root, encoding="unicode") + "\n"

    def _add(self, tag, attributes):
        return ElementTree.SubElement(self._at, tag, attributes)
