"""Fetches the open data about real people from their origin, in the layout of the data folder.

What it writes was checked against the origin's own SHA-256 sums. It must never keep
what does not match, overwrite a file it did not make, or send anything but requests.
"""

from sleepsync.fetch.origin import PHYSIONET, VARIABLE_ORIGIN
from sleepsync.fetch.sets import NOT_YET, SETS, fetch

__all__ = ["NOT_YET", "PHYSIONET", "SETS", "VARIABLE_ORIGIN", "fetch"]
