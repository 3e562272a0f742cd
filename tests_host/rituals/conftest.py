"""What the tests of the rituals share: one short world, and a folder with it for each test."""

import pytest
from sleepsync.world import generate, write_world
from whole_puck import HOURS, lend


@pytest.fixture(scope="session")
def short_world(tmp_path_factory):
    """A generated sleeper's nine minutes. Nobody writes here: see `short`."""
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(1, HOURS), folder)
    return folder


@pytest.fixture
def short(short_world, tmp_path):
    """A folder of a test's own, with that world."""
    return lend(short_world, tmp_path)
