"""NVS and the partition table: what is kept, what a torn write costs, and a puck without them."""

import pytest
from changed_puck import write_partition
from sleepsync.flash import flash_map
from sleepsync.simulate import put_new_puck, run_puck

NVS = flash_map().partitions["nvs"]
LINES = """
from esp32 import NVS, Partition
def error_of(action):
    try:
        action()
    except (OSError, OverflowError) as error:
        return [type(error).__name__, error.args[0]]
def set_number(number, space="other", key="n"):
    nvs = NVS(space)
    nvs.set_i32(key, number)
    nvs.commit()
"""


@pytest.fixture
def ask(at_the_table):
    """`result` of lines in the VM, with a new puck on the table."""
    return lambda lines: at_the_table(LINES + lines)


def test_only_what_was_committed_is_kept_and_each_namespace_by_itself(ask):
    lines = """
set_number(-5)
NVS("other").set_i32("n", 6)
set_number(7, "third")
result = [NVS("other").get_i32("n"), NVS("third").get_i32("n"), NVS("puck").get_i32("boots")]
"""
    assert ask(lines) == [-5, 7, 1]


def test_errors_are_the_port_s(ask):
    """ESP_ERR_NVS_NOT_FOUND, ESP_ERR_NVS_INVALID_LENGTH; an integer that is too long for C."""
    lines = """
nvs = NVS("other")
nvs.set_i32("n", 1)
nvs.set_blob("b", b"12345")
result = [
    error_of(lambda: nvs.get_i32("x")),
    error_of(lambda: nvs.get_i32("b")),
    error_of(lambda: nvs.get_blob("n", bytearray(9))),
    error_of(lambda: nvs.get_blob("b", bytearray(4))),
    error_of(lambda: nvs.erase_key("x")),
    error_of(lambda: nvs.erase_key("n")),
    error_of(lambda: nvs.get_i32("n")),
    nvs.get_blob("b", bytearray(5)),
] + [(error_of(lambda: nvs.set_i32("n", edge)) or [0])[0] for edge in (
    -(1 << 31) - 1, -(1 << 31), (1 << 31) - 1, 1 << 31
)]
"""
    missing = ["OSError", -0x1102]
    assert ask(lines) == [
        *[missing] * 3,
        ["OSError", -0x110C],
        missing,
        None,
        missing,
        5,
        *["OverflowError", 0, 0, "OverflowError"],
    ]


def test_what_is_written_without_end_wears_two_sectors_and_loses_nothing(ask):
    lines = f"""
first = {NVS.offset} // 4096
for i in range(400):
    set_number(i)
    if NVS("other").get_i32("n") != i or NVS("puck").get_i32("boots") != 1:
        raise ValueError(i)
erases = simulated.flash.erases
result = [erases[first] > 1, abs(erases[first] - erases[first + 1]) <= 1, sum(erases)
          == erases[first] + erases[first + 1]]
"""
    assert ask(lines) == [True, True, True]


def test_power_lost_in_a_commit_costs_at_most_that_commit(ask):
    """Wherever it is: within a sector, and when one is full and the other is erased."""
    lines = """
from chips.norflash import PowerCut
flash = simulated.flash
result = []
set_number(0)
for i in range(1, 200):
    before = NVS("other").get_i32("n")
    flash.cut_at = flash.operations + 1 + i % 2
    try:
        set_number(i)
    except PowerCut:
        result.append(i)
    flash.cut_at = 0
    kept = NVS("other").get_i32("n")
    if kept not in (before, i) or NVS("puck").get_i32("boots") != 1:
        raise ValueError([before, i, kept])
    set_number(-i)
    if NVS("other").get_i32("n") != -i:
        raise ValueError(i)
result = len(result)
"""
    assert ask(lines) > 90


def test_the_longest_records_of_crashes_are_kept(ask):
    lines = """
for i in range(9):
    boot.start.record("%d" % i + "x" * 1000)
set_number(1, "puck", "develop")
result = [[len(line), line.split(": ")[1][0]] for line in boot.start.crashes()]
"""
    assert ask(lines) == [[240, str(i)] for i in range(8, 0, -1)]


def test_what_does_not_fit_is_refused_and_what_was_there_stays(ask):
    """ESP_ERR_NVS_NOT_ENOUGH_SPACE, and a boot.py that goes on."""
    lines = """
nvs = NVS("other")
nvs.set_blob("b", bytes(2100))
result = [error_of(nvs.commit), NVS("puck").get_i32("boots")]
"""
    assert ask(lines) == [["OSError", -0x1105], 1]


@pytest.mark.parametrize("torn", [bytes(8192), bytes(range(256)) * 32])
def test_a_torn_nvs_counts_from_the_beginning(bed, torn):
    put_new_puck(bed)
    write_partition(bed, "nvs", torn)
    said = []
    assert run_puck(bed, say=said.append)["ended"] == "stopped"
    assert "boot 1: power on; slot a" in said


def test_a_puck_without_nvs_says_so_and_goes_on(bed):
    put_new_puck(bed)
    rename_partition(bed, "nvs", b"xvs")
    said = []
    assert run_puck(bed, say=said.append)["ended"] == "stopped"
    assert "boot 1: power on; slot a" in said
    assert any(line.startswith("nvs: cannot be written (") for line in said)
    assert any("flash the puck anew" in line for line in said)


def rename_partition(folder, label, new):
    with (folder / "puck" / "flash.bin").open("r+b") as flash:
        flash.seek(0x8000 + 32 * list(flash_map().partitions).index(label) + 12)
        flash.write(new)


def test_partitions_are_found_by_type_subtype_and_label(ask):
    lines = """
def labels(*chosen, **more):
    return [partition.info()[4] for partition in Partition.find(*chosen, **more)]
result = [
    labels(),
    labels(Partition.TYPE_DATA),
    labels(Partition.TYPE_DATA, 0x83),
    labels(Partition.TYPE_DATA, label="vfs"),
    labels(Partition.TYPE_APP, label="vfs"),
    [partition.ioctl(4, 0) for partition in Partition.find(Partition.TYPE_DATA, label="data")],
]
"""
    data = flash_map().partitions["data"].bytes // 4096
    expected = [["factory"], ["nvs", "phy_init", "vfs", "data"], ["data"], ["vfs"], [], [data]]
    assert ask(lines) == expected
