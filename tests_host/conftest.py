"""What all tests share: VMs to call into, a short world, and no silent skips."""

import os
import shutil

import pytest
from hypothesis import settings
from sleepsync.data import DataMissing, data_dir
from sleepsync.isa.c_peers import COMPILER
from sleepsync.isa.qemu import EMULATOR
from sleepsync.vm import Worker
from sleepsync.world import generate, write_world
from whole_puck import HOURS, lend

# In CI the same examples every time, so that a failure is the change's; at home, new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

NO_SKIP = "SLEEPSYNC_NO_SKIP"  # set in CI: a test that would be skipped fails


def pytest_addoption(parser):
    parser.addoption("--write-docs", action="store_true", help="write tables of docs/ anew")


@pytest.fixture(scope="session")
def worker():
    """A VM with the built tree, for calls into the firmware."""
    with Worker() as vm:
        yield vm


@pytest.fixture
def run_in():
    """Run lines in a VM of the test's own: `run_in(source, name=value)` gives its `result`."""
    with Worker() as vm:
        yield lambda source, **given: vm.call("snippet:run", source, given)


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


@pytest.fixture(scope="session")
def data():
    """The folder of real people's data, or a skip that says how to get it."""
    try:
        return data_dir()
    except DataMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def c_compiler():
    """The C compiler for rv32imc, or a skip that says how to get it."""
    if not shutil.which(COMPILER):
        pytest.skip(f"{COMPILER} is not installed: apt-get install gcc-riscv64-unknown-elf")
    return COMPILER


@pytest.fixture(scope="session")
def emulator():
    """QEMU for Xtensa, or a skip that says how to get it."""
    if not shutil.which(EMULATOR):
        pytest.skip(f"{EMULATOR} is not installed: apt-get install qemu-user")
    return EMULATOR


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get(NO_SKIP):
        report.outcome = "failed"
        report.longrepr = f"skipped where no test may be: {report.longrepr}"
