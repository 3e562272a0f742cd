"""What is asked of a night, whoever sleeps in it."""

from sleepsync.bench.accuracy import Accuracy


def assert_accurate(found: Accuracy) -> None:
    """The goals of the spine, and that few epochs are excused from them."""
    assert found.rate_near >= 0.95
    assert found.beats_near >= 0.95
    assert found.beats_false <= 0.01
    assert found.answered >= 0.95
    assert found.clean >= 0.8
