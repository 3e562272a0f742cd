"""`sleepsync clip`: a person's recording becomes a clip, in a file and on a puck."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from sleepsync.flash import FlashError

from . import port as ports
from . import room
from .clip import Made, is_limited, made
from .container import file_bytes
from .errors import ClipError
from .prepared import prepared
from .recording import read_recording

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")

File = Annotated[Path, typer.Argument(help="A recording: a WAV of PCM, any rate and width.")]
Name = Annotated[
    str | None, typer.Option(help="What scenes call it.", show_default="as the file is called")
]
Out = Annotated[
    Path | None, typer.Option(help="Where the clip goes.", show_default="NAME-clip.wav, here")
]
Port = Annotated[
    str | None,
    typer.Option(
        help="Bring it onto the puck there, too: ends its night, and starts it again.",
        show_default=False,
    ),
]


def clip(file: File, name: Name = None, out: Out = None, port: Port = None) -> None:
    """Make a clip of a recording: your own voice, a story, for the puck to play.

    It is brought to 16 kHz, freed of silence around it, made as loud as it may be, and written as
    IMA ADPCM in a WAV, which any player opens. See docs/clips.md.
    """
    try:
        _clip(file, name or _slug(file.stem), out, port)
    except (ClipError, FlashError) as error:
        typer.echo(f"sleepsync: {error}", err=True)
        raise typer.Exit(1) from error


def lines(clip: Made, name: str) -> list[str]:
    """What is told of a clip."""
    size, flash = len(clip.file), room.flash_bytes(len(clip.file))
    share = 100 * flash / room.all_bytes()
    told = [
        f"{name}: {clip.seconds:.1f} s, {size:,} bytes, {flash:,} of flash "
        f"({share:.1f} % of what clips may take)",
        f"signal to noise {clip.snr_db:.0f} dB; loudness {clip.loudness_db:.1f} dB of full scale",
    ]
    if is_limited(clip):
        told.append("its peaks keep it from being louder: speak evenly, nearer to the microphone")
    return told


def _clip(file, name, out, port):
    if not _NAME.fullmatch(name):
        raise ClipError(
            f"--name {name}: a name has up to 24 small letters, digits, - and _; choose another"
        )
    out = out or Path(f"{name}-clip.wav")
    if out.resolve() == file.resolve():
        raise ClipError(f"--out {out}: is the recording itself; name another file")
    wanted = prepared(*read_recording(file))
    room.check(name, file_bytes(len(wanted)))
    found = made(wanted)
    _write(out, found.file)
    typer.echo("\n".join([*lines(found, name), f"Clip: {os.path.relpath(out)}"]))
    if port:
        ports.send(port, out, name)
        typer.echo(f"{port}: {name} is there, and was read back.")


def _write(path, content):
    """The whole file, or none."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ClipError(f"{path}: cannot be written ({error.strerror}); choose another") from error


def _slug(stem):
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:24] or "clip"
