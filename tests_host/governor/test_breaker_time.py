"""The off switch works within 20 ms, whatever the puck does; `make bench` tries 10,000 presses."""

import math

import pytest
from changed_puck import change
from sleepsync.bench import breaker

_PRESSES = 150
_SEED = 5


def test_all_is_dark_within_20_ms():
    presses = breaker.presses(_PRESSES, _SEED)
    seen = [press for press in presses if press.ms < math.inf]
    assert len(seen) >= _PRESSES, "those that a write hid are beside"
    assert max(press.ms for press in seen) < breaker.LIMIT_MS
    assert {press.acting for press in seen} == {1, 2, 3}, "lines"


def test_a_button_that_is_looked_at_too_rarely_is_found_out(tmp_path):
    change(tmp_path, {"firmware/bedside/press.py": ("_POLL_MS = const(5)", "_POLL_MS = const(28)")})
    breaker.run_doubles(tmp_path, 40, _SEED)
    times = [press.ms for press in breaker.measured(tmp_path)]
    assert max(ms for ms in times if ms < math.inf) > breaker.LIMIT_MS


def test_a_double_press_that_does_nothing_is_found_out(tmp_path):
    source = "firmware/bedside/gestures.py"
    change(tmp_path, {source: ("            return DOUBLE", "            return 0")})
    breaker.run_doubles(tmp_path, 5, _SEED)
    with pytest.raises(breaker.NotRecognised):
        list(breaker.measured(tmp_path))
