"""Where the repository stands, and the firmware's shared words for the desktop.

It must never bring in more of the firmware than its records: what the puck
decides runs in the real MicroPython VM, not here.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# At the end of the path: nothing that lies in the repository may shadow a library.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

records = importlib.import_module("firmware.records")
