"""Updates: a new slot for a puck that runs, over USB or over the air."""

from .errors import UpdateError

__all__ = ["UpdateError"]
