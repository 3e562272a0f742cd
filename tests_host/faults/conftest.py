"""A puck on the table of the test's own VM."""

import pytest
from whole_puck import in_the_vm


@pytest.fixture
def at_the_table(run_in, short):
    """`result` of lines in the VM with a new puck on the table, boot.py run."""
    return lambda lines, **options: in_the_vm(run_in, short, lines, **options)
