"""The ring in motion, as an animated GIF: first as it is, then the whole scene in a time lapse.

It must never let a time lapse pass for real time: each part says what it is.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from sleepsync.preview import glow
from sleepsync.preview.rendered import TICK_S, Rendered
from sleepsync.preview.words import clock, length

_FONT = "DejaVu Sans"
_INK = (128, 130, 138)
_LAPSE_PACE = 1.5  # a scene no longer than so many times its time lapse needs none


@dataclass(frozen=True)
class Film:
    """How large, how many frames a second, how many seconds of each part, how many colours."""

    side: int = 240
    per_s: float = 12.5
    real_s: float = 8
    lapse_s: float = 6
    colours: int = 64


@dataclass(frozen=True)
class Part:
    """Ticks that are shown one after the other, under a caption."""

    ticks: np.ndarray
    caption: str


def write(rendered: Rendered, path: Path, film: Film) -> None:
    """Write the GIF."""
    exposure = glow.exposure_of(rendered.grb)
    images = [
        _image(rendered.grb[tick], exposure, part.caption, film.side)
        for part in parts(rendered, film)
        for tick in part.ticks
    ]
    few = _palette(images, film.colours)
    images = [image.quantize(palette=few, dither=Image.Dither.NONE) for image in images]
    first, *others = images
    first.save(
        path,
        save_all=True,
        append_images=others,
        duration=round(1000 / film.per_s),
        loop=0,
        optimize=True,
    )


def parts(rendered: Rendered, film: Film) -> list[Part]:
    """A piece as it is, from where the light has come up; and the whole, if it is much longer."""
    step = round(1 / film.per_s / TICK_S)
    whole_s = rendered.ticks * TICK_S
    if whole_s <= film.lapse_s * _LAPSE_PACE:
        return [Part(np.arange(0, rendered.ticks, step), "as it is")]
    lit = np.flatnonzero(rendered.level_lx >= 0.5 * rendered.level_lx.max())
    first = int(min(lit[0], rendered.ticks - film.real_s / TICK_S))
    real = first + np.arange(round(film.real_s * film.per_s)) * step
    whole = np.linspace(0, rendered.ticks - 1, round(film.lapse_s * film.per_s)).astype(int)
    at = f"as it is, from {clock(first * TICK_S)}"
    return [Part(real, at), Part(whole, f"{length(whole_s)} in {film.lapse_s:g} s")]


def _image(grb, exposure, caption, side):
    image = Image.fromarray(glow.picture(grb, exposure, side))
    font = ImageFont.truetype(findfont(_FONT), max(9, side / 20))
    pen = ImageDraw.Draw(image)
    pen.text((side / 2, side / 2), caption, _INK, font, "mm")
    return image


def _palette(images, colours):
    """One palette of all, so that no frame shimmers."""
    few = images[:: max(1, len(images) // 12)]
    side = few[0].width
    sheet = Image.new("RGB", (side * len(few), side))
    for i, image in enumerate(few):
        sheet.paste(image, (side * i, 0))
    return sheet.quantize(colours, Image.Quantize.MEDIANCUT)
