"""What all tests share: a VM that stays, nights that are run once, and no silent skips."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from sleepsync.data import DataMissing, data_dir
from sleepsync.simulate import run_night
from sleepsync.vm import Worker
from sleepsync.world import Sleeper


@pytest.fixture(scope="session")
def worker():
    """A VM with the built tree, for calls into the firmware."""
    with Worker() as vm:
        yield vm


@pytest.fixture
def vm():
    """A VM of the test's own, with a clock that nobody has moved yet."""
    with Worker() as vm:
        yield vm


@pytest.fixture
def run_in(vm):
    """Run lines in the test's own VM: `run_in(source, name=value, ...)` gives its `result`."""

    def run(source, **given):
        return vm.call("snippet:run", source, given)

    return run
