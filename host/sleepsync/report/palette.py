"""The colours of the report, for a light and for a dark room.

One table: the page's style and the drawing both read it, so they cannot drift
apart. Colour never carries a meaning alone; place and words do.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`, by role.

    Text (`ink`, `quiet`) keeps 4.5:1 against `paper`, marks (`wake` to `peak`) 3:1
    (WCAG 2.2, 1.4.3 and 1.4.11). `hair` and `hatch` are for lines that may be
    missed. `deaf` is the ground below what the microphone hears; `quiet` keeps 4.5:1
    there too. No two roles share a colour: a drawing is recoloured by it.
    """

    paper: str
    ink: str
    quiet: str
    hair: str
    hatch: str
    wake: str
    rem: str
    asleep: str
    light: str
    deep: str
    heart: str
    breath: str
    motion: str
    noise: str
    peak: str
    lamp: str
    climate: str
    deaf: str


LIGHT = Palette(
    paper="#fcfbf8",
    ink="#262a31",
    quiet="#6a6f78",
    hair="#e8e5de",
    hatch="#cfccc4",
    wake="#c07a2c",
    rem="#2a8f86",
    asleep="#4a6ba6",
    light="#6c8dc4",
    deep="#2f4a85",
    heart="#a8475a",
    breath="#4c8150",
    motion="#737983",
    noise="#5f4686",
    peak="#9a84ba",
    lamp="#a3830f",
    climate="#3b7d98",
    deaf="#f4f2ed",
)

DARK = Palette(
    paper="#15171b",
    ink="#e6e3dc",
    quiet="#989da6",
    hair="#272a30",
    hatch="#454950",
    wake="#d9a05a",
    rem="#5fb5a9",
    asleep="#86a5dc",
    light="#9db8e6",
    deep="#6383cf",
    heart="#dd8495",
    breath="#86bd85",
    motion="#8b919b",
    noise="#c0a6ea",
    peak="#7a659c",
    lamp="#d8c25c",
    climate="#6cb3cf",
    deaf="#1e2126",
)


def css_variables(palette: Palette) -> str:
    """The palette as CSS custom properties: `--paper:#fcfbf8;--ink:...`."""
    return "".join(f"--{role}:{colour};" for role, colour in asdict(palette).items())
