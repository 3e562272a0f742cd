"""How much of each scene tests run: its coming, or with SLEEPSYNC_SCENES=whole all of it."""

import os

MOST_S = 10**6 if os.environ.get("SLEEPSYNC_SCENES") == "whole" else 100
