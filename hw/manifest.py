"""Freezes the application into a MicroPython of one's own: what `make build` has laid out.

Executed by MicroPython's tools/manifestfile.py, never by the puck. docs/flashing.md tells how.
"""

options.defaults(board="esp32s3_devkitc")

include("$(PORT_DIR)/boards/manifest.py")

_TREE = "../build/" + options.board
freeze(_TREE, ("archive.py", "trial.py", "boot.py", "main.py"))
freeze(_TREE + "/a", "firmware")
freeze(_TREE + "/a", "hw")
freeze(_TREE + "/a/lib")
