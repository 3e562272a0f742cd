"""A pod that nobody wears, in light that is no finger's: it shows no heart rate."""

import numpy as np
import pytest
from sleepsync.pulse.disturbed import AMBIENTS, FLICKERS_HZ, desk
from sleepsync.pulse.hearing import hear, shown_unworn


@pytest.mark.parametrize("ambient", AMBIENTS)
def test_a_lamp_that_flickers_like_a_heart_has_no_rate(worker, ambient):
    """As a file such light would be a heart; on the pod the LEDs' look finds nobody."""
    light = desk(ambient, FLICKERS_HZ[1], 40, 1)
    assert np.isfinite(hear(light, worker).rate_bpm).sum() > 20
    assert not shown_unworn(light, worker).any()


def test_the_pod_on_the_dark_desk_has_no_rate(worker):
    assert not shown_unworn(desk(AMBIENTS[0], 0, 40, 2), worker).any()
