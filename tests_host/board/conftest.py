"""What the tests of the board share: a short world, and a bed in it with no puck."""

import pytest
from sleepsync.simulate import put_new_puck
from sleepsync.world import generate, write_world
from whole_puck import in_the_vm


@pytest.fixture(scope="session")
def six_minutes(tmp_path_factory):
    """The world of somebody who lies still after three minutes. Nobody writes here."""
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(3, hours=0.1), folder)
    return folder


@pytest.fixture
def bed(six_minutes, tmp_path):
    """A folder of a test's own in that world, with no puck in it."""
    for path in six_minutes.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.fixture
def at_the_table(run_in, bed):
    """`result` of lines in the VM with a new puck on the table, boot.py run; options as in
    `in_the_vm`.
    """
    put_new_puck(bed)
    return lambda lines, **options: in_the_vm(run_in, bed, lines, **options)
