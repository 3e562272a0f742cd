"""Back to parts: a puck's nights taken along, everything personal erased, and the proof."""

from sleepsync.parting.proof import Markers, found, fragments

__all__ = ["Markers", "found", "fragments"]
