"""`sleepsync pulse`: a recorded pulse wave through the firmware's own pipeline, in the VM.

It must write nothing but what was asked for, and nothing by halves. Standard output is for
the answer; what is said beside it goes to standard error.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from sleepsync.pulse.hearing import Heard
from sleepsync.pulse.light import POLARITIES
from sleepsync.pulse.picture import SUFFIXES, draw
from sleepsync.pulse.stretches import hear_stretches
from sleepsync.pulse.table import WaveformDamaged
from sleepsync.pulse.waveform import Waveform, read_waveform
from sleepsync.vm import VmError

console = Console(highlight=False)
aside = Console(highlight=False, stderr=True)

HEADING = "time_s,rate_bpm,rmssd_ms,breaths_per_min,quality"
BEATS_HEADING = "beat_s,interval_ms"
FORMATS = ("picture", "csv")


File = Annotated[
    Path, typer.Argument(help="A CSV or NPZ with a pulse wave (PPG); see docs/pulse-files.md.")
]
Rate = Annotated[
    float | None,
    typer.Option(
        help="Samples a second, 10 to 1000.",
        show_default="as the file says: fs_hz, or a column time, time_s, time_ms",
    ),
]
Column = Annotated[
    str | None,
    typer.Option(
        help="Which column, by name or by number from 0; one signal of a matrix as rgb:0.",
        show_default="the only one, or pleth, ppg, infrared, ir, red",
    ),
]
Polarity = Annotated[
    str,
    typer.Option(
        help="What a beat is in the file: rise (pulse oximeters), dip (raw light), or auto, by "
        "the wave's shape."
    ),
]
Counts = Annotated[
    bool, typer.Option("--counts", help="Values are counts of a MAX30102: take them as is.")
]
Format = Annotated[
    str, typer.Option(help="picture (a file), or csv (a row a second, to the terminal).")
]
Out = Annotated[
    Path | None,
    typer.Option(help="The picture, .png or .svg.", show_default="FILE-pulse.png, here"),
]
Beats = Annotated[
    Path | None,
    typer.Option(
        help="Write each beat as CSV into this file: beat_s,interval_ms.", show_default=False
    ),
]


def pulse(
    file: File,
    rate: Rate = None,
    column: Column = None,
    polarity: Polarity = POLARITIES[0],
    counts: Counts = False,
    format: Format = FORMATS[0],
    out: Out = None,
    beats: Beats = None,
) -> None:
    """Heart rate, its variability and breathing from a recorded pulse wave, by the puck's code.

    For example, from any pulse oximeter's export at 125 Hz, a picture; from a phone camera's red,
    which stamps its own times, a table, and every beat:

        sleepsync pulse finger.csv --rate 125

        sleepsync pulse phone.csv --column R --format csv --beats beats.csv > seconds.csv

    Rows are time_s,rate_bpm,rmssd_ms,breaths_per_min,quality; a cell is empty where the puck
    would not know, or where the file has a gap. Not a medical device.
    """
    try:
        picture = _checked(file, format, out, beats)
        waveform, heard = _heard(file, column, rate, polarity, counts)
        written = _contents(waveform, heard, picture, beats)
        for path, content in written.items():
            _write(path, content)
    except (WaveformDamaged, VmError) as error:
        aside.print(f"[red]sleepsync:[/red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from error
    if format == "csv":
        print("\n".join(lines(heard)))
    _tell(written, console if format == "picture" else aside)


def lines(heard: Heard) -> Iterator[str]:
    """As CSV: a heading, then a line for each second, told at its end; unknown cells are empty."""
    yield HEADING
    values = (heard.rate_bpm, heard.rmssd_ms, heard.breaths_per_min, heard.quality)
    for second, (*known, quality) in enumerate(zip(*values, strict=True), 1):
        cells = [_cell(value, 1) for value in known]
        yield ",".join([str(second), *cells, _cell(quality, 0)])


def beat_lines(heard: Heard) -> Iterator[str]:
    """As CSV: a heading, then a line for each beat; an interval not believed is empty."""
    yield BEATS_HEADING
    for beat_s, interval_s in zip(heard.beats_s, heard.intervals_s, strict=True):
        yield f"{beat_s:.3f},{_cell(interval_s * 1000, 1)}"


def _cell(value, digits):
    return "" if np.isnan(value) else f"{value:.{digits}f}"


def _checked(file, format, out, beats):
    """The picture's path, None if there is to be none; before anything is heard."""
    if format not in FORMATS:
        raise WaveformDamaged(f"--format {format}: there are {', '.join(FORMATS)}")
    if format == "csv" and out:
        raise WaveformDamaged("--out names the picture; for csv, lead the output: > FILE.csv")
    picture = None if format == "csv" else out or Path(f"{file.stem}-pulse{SUFFIXES[0]}")
    if picture and picture.suffix.lower() not in SUFFIXES:
        raise WaveformDamaged(f"--out {picture}: wanted a name in {' or '.join(SUFFIXES)}")
    for path in filter(None, (picture, beats)):
        if path.resolve() == file.resolve() or path.is_dir():
            raise WaveformDamaged(f"{path}: is the recording, or a folder; name another file")
        if not path.absolute().parent.is_dir():
            raise WaveformDamaged(f"{path}: no such folder; make it first")
    return picture


def _heard(file, column, rate, polarity, counts):
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    is_seen = aside.is_terminal
    with Progress(*columns, console=aside, transient=True, disable=not is_seen) as bar:
        task = bar.add_task(f"reading {file.name}")
        waveform = read_waveform(file, column, rate, polarity, counts)
        bar.update(task, description=f"hearing {file.name}")
        heard = hear_stretches(waveform.light)
    for note in waveform.notes:
        aside.print(f"[yellow]{file.name}:[/yellow] {escape(note)}", soft_wrap=True)
    return waveform, heard


def _contents(waveform: Waveform, heard: Heard, picture, beats) -> dict[Path, bytes]:
    """All that is to be written, made before the first byte of it is."""
    contents = {}
    if beats:
        contents[beats] = ("\n".join(beat_lines(heard)) + "\n").encode()
    if picture:
        contents[picture] = draw(waveform, heard, picture.suffix.lower())
    return contents


def _write(path, content):
    """The whole file, or none."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WaveformDamaged(f"{path}: cannot be written ({error.strerror})") from error


def _tell(written, where):
    for path in written:
        kind = "Picture" if path.suffix.lower() in SUFFIXES else "Beats"
        where.print(f"{kind}: [bold]{escape(os.path.relpath(path))}[/bold]", soft_wrap=True)
