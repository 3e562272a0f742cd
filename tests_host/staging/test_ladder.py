"""Every kernel of the firmware gives the same on every machine: integers, VM, and both chips.

Kernels are found by themselves. Each buffer has red zones around it, so a load or store
out of bounds or out of line is a Fault.
"""

import ast
import copy
from array import array

import pytest
from hypothesis import given, settings
from kernel_inputs import INPUTS
from oracle32 import Oracle
from sleepsync.isa import MARCHES, Fault, Kernels
from sleepsync.isa.c_peers import Peers, source_of
from sleepsync.isa.find import firmware_kernels
from sleepsync.isa.qemu import Qemu
from sleepsync.paths import ROOT

KERNELS = firmware_kernels()
_EXAMPLES = 60
_machines: dict = {}


def machines(path):
    """{name: call} of a file's kernels, compiled once."""
    if path not in _machines:
        chips = {march: Kernels.of(ROOT / path, march).call for march in MARCHES}
        _machines[path] = {"integers": Oracle((ROOT / path).read_text()).call, **chips}
    return _machines[path]


def outcome(call, name, arguments):
    """(result, buffers as they are left)."""
    given_ = copy.deepcopy(arguments)
    result = call(name, *given_)
    return result, [list(a) for a in given_ if not isinstance(a, int)]


def in_vm(worker, kernel):
    def call(name, *arguments):
        result, left = worker.call_in_place(f"{kernel.module}:{name}", *arguments)
        for argument, after in zip(arguments, left, strict=True):
            if not isinstance(argument, int):
                argument[:] = array(argument.typecode, after)
        return result

    return call


def with_its_result(call, kernel):
    """C leaves anything in a0 where a kernel returns nothing."""
    source = (ROOT / kernel.path).read_text()
    function = next(n for n in ast.parse(source).body if getattr(n, "name", "") == kernel.function)

    def only(name, *arguments):
        result = call(name, *arguments)
        return result if function.returns else None

    return only


def test_every_kernel_is_found():
    """By a plain search for the decorator."""
    files = [p for where in ("firmware", "lib") for p in (ROOT / where).rglob("*.py")]
    assert len(KERNELS) == sum(p.read_text().count("@micropython.viper") for p in files) > 10


def test_every_kernel_has_inputs():
    assert {kernel.name for kernel in KERNELS} == set(INPUTS), "see tests_host/kernel_inputs.py"


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_all_machines_agree(worker, kernel):
    inputs = INPUTS[kernel.name]
    rungs = {**machines(kernel.path), "VM": in_vm(worker, kernel)}

    @settings(max_examples=_EXAMPLES, deadline=None)
    @given(arguments=inputs)
    def agree(arguments):
        found = {name: outcome(call, kernel.function, arguments) for name, call in rungs.items()}
        assert all(one == found["integers"] for one in found.values()), found

    agree()


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_c_does_the_same(kernel, c_compiler):
    peers = with_its_result(Peers(source_of(kernel)).call, kernel)
    integers = machines(kernel.path)["integers"]

    @settings(max_examples=_EXAMPLES, deadline=None)
    @given(arguments=INPUTS[kernel.name])
    def agree(arguments):
        said = [outcome(call, kernel.function, arguments) for call in (peers, integers)]
        assert said[0] == said[1]

    agree()


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_qemu_does_the_same(kernel, emulator):
    """What nobody here wrote reads the instructions as our simulator does."""
    qemu = Kernels.of(ROOT / kernel.path, "xtensawin", Qemu).call
    simulator = machines(kernel.path)["xtensawin"]

    @settings(max_examples=_EXAMPLES // 2, deadline=None)
    @given(arguments=INPUTS[kernel.name])
    def agree(arguments):
        said = [outcome(call, kernel.function, arguments) for call in (qemu, simulator)]
        assert said[0] == said[1]

    agree()


def test_qemu_says_where_a_kernel_strays(emulator):
    kernels = Kernels.of(ROOT / "firmware/senses/motion_kernels.py", "xtensawin", Qemu)
    with pytest.raises(Fault, match="qemu-xtensa ended with"):
        kernels.call("quarter_mg", 0, array("i", [0]), 1)


@pytest.mark.parametrize("march", MARCHES)
@pytest.mark.parametrize("length", [0, 7])
def test_a_store_past_the_end_is_found(march, length):
    kernels = Kernels.of(ROOT / "firmware/senses/motion_kernels.py", march)
    source, short = array("i", range(8)), array("i", [0] * length)
    with pytest.raises(Fault, match=r"store of 4 bytes .* 0 bytes past the end of argument 2"):
        kernels.call("quarter_mg", source, short, 8)


@pytest.mark.parametrize("march", MARCHES)
def test_a_load_past_the_end_is_found(march):
    kernels = Kernels.of(ROOT / "firmware/senses/motion_kernels.py", march)
    with pytest.raises(Fault, match=r"load of 4 bytes .* past the end of argument 1"):
        kernels.call("quarter_mg", array("i", [1]), array("i", [0] * 2), 2)
    assert kernels.call("quarter_mg", array("i", [1]), array("i", [0]), 1) is None
