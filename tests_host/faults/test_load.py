"""Link, sound, light, journal and sensors all at once: nothing overflows and nobody waits.

Nine minutes of what `make bench AREA=faults` has eight of. `pytest
tests_host/faults/test_load.py --write-docs` writes its table.
"""

import pytest
from page_blocks import is_shown, table
from sleepsync.bench.link_frames import AT_ONCE_MS
from sleepsync.bench.load import load

pytestmark = pytest.mark.faults
HOURS = 0.15


@pytest.fixture(scope="module")
def found():
    return load(HOURS)


def test_no_sample_is_lost(found):
    assert found.epochs >= HOURS * 120 - 2
    assert found.lost_epochs == found.gaps == 0


def test_the_sound_never_breaks_off(found):
    assert found.sounding > 0.85
    assert found.underruns == 0


def test_owners_are_answered_at_once_meanwhile(found):
    assert found.answered == found.asked > 200
    assert found.slowest_ms <= AT_ONCE_MS
    assert found.pulled_bytes > 5000


def test_nothing_is_said_of_trouble(found):
    assert found.told == ()


def test_the_page_shows_it(request, found):
    rows = [
        ("time in which a scene sounded", f"{100 * found.sounding:.0f} %"),
        ("epochs with lost samples; gaps told", f"{found.lost_epochs}; {found.gaps}"),
        ("gaps in the sound", found.underruns),
        ("short requests of an owner, answered", f"{found.answered} of {found.asked}"),
        ("pulled by the other meanwhile", f"{found.pulled_bytes:,} B"),
        ("the processor is busy", f"{found.busy_pct:.0f} % of the time"),
    ]
    assert is_shown(request, "reliability", "load", table((f"in {HOURS} h", "is"), rows))
