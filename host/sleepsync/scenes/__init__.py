"""Scenes as data: what artists write in firmware/scenes, made into what the puck reads.

It must never make of a file what it does not say, nor hold a limit: those are the governor's.
"""

from .checking import Mistake, checked, checked_alone
from .errors import SceneError
from .files import FOLDERS, SCENES, gathered, sources
from .modules import LANES, ROWS, lanes_module, modules, rows_module
from .scene import USES, Scene

__all__ = [
    "FOLDERS",
    "LANES",
    "ROWS",
    "SCENES",
    "USES",
    "Mistake",
    "Scene",
    "SceneError",
    "checked",
    "checked_alone",
    "gathered",
    "lanes_module",
    "modules",
    "rows_module",
    "sources",
]
