"""First thing on power-up: where modules are found."""

import sys

if "/lib" not in sys.path:
    sys.path.append("/lib")
