"""Recorded voices for the puck (docs/clips.md): from any WAV to the file that lies in its flash.

It must never write a clip that the puck would not play.
"""

from .clip import Made, made
from .container import sum_of, unwrapped
from .errors import ClipError
from .prepared import prepared
from .recording import read_recording

__all__ = ["ClipError", "Made", "made", "prepared", "read_recording", "sum_of", "unwrapped"]
