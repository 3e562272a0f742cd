"""Scenes as data: what artists write in firmware/scenes, made into what the puck reads.

It must never make of a file what it does not say, nor hold a limit: those are the governor's.
"""

from .checking import Mistake, checked, checked_alone
from .errors import SceneError
from .files import FOLDERS, SCENES, gathered, sources
from .modules import MAKERS, modules
from .scene import USES, Scene

__all__ = [
    "FOLDERS",
    "MAKERS",
    "SCENES",
    "USES",
    "Mistake",
    "Scene",
    "SceneError",
    "checked",
    "checked_alone",
    "gathered",
    "modules",
    "sources",
]
