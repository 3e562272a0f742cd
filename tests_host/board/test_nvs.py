"""NVS and the partition table: what is kept, what a torn write costs, and a puck without them."""

import pytest
from changed_puck import write_partition
from sleepsync.flash import flash_map
from sleepsync.simulate import put_new_puck, run_puck

NVS = flash_map().partitions["nvs"]
LINES = """
import esp32
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


def test_what_is_set_is_kept_at_once_and_each_namespace_by_itself(ask):
    """ESP-IDF's `commit` has nothing left to do."""
    lines = """
set_number(-5)
NVS("other").set_i32("n", 6)
set_number(7, "third")
esp32.power_up()
result = [NVS("other").get_i32("n"), NVS("third").get_i32("n"), NVS("puck").get_i32("boots")]
"""
    assert ask(lines) == [6, 7, 1]


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


def test_what_is_written_without_end_wears_sectors_alike_and_loses_nothing(ask):
    """All but one: ESP-IDF never frees the page of what does not change."""
    lines = f"""
first, count = {NVS.offset} // 4096, {NVS.bytes} // 4096
for i in range(3000):
    set_number(i)
    if NVS("other").get_i32("n") != i or NVS("puck").get_i32("boots") != 1:
        raise ValueError(i)
erases = simulated.flash.erases[first : first + count]
result = [sorted(erases), sum(simulated.flash.erases) == sum(erases)]
"""
    (still, least, *_, most), only_here = ask(lines)
    assert still == 0 and only_here
    assert least > 1 and most - least <= 1


def test_what_did_not_change_is_not_written(ask):
    lines = """
set_number(5)
NVS("other").set_blob("b", b"12345")
before = simulated.flash.operations
set_number(5)
NVS("other").set_blob("b", b"12345")
result = simulated.flash.operations - before
"""
    assert ask(lines) == 0


def test_another_type_takes_the_place_of_the_one_before(ask):
    lines = """
nvs = NVS("other")
nvs.set_blob("n", b"12345")
nvs.set_i32("n", 5)
esp32.power_up()
nvs = NVS("other")
result = [nvs.get_i32("n"), error_of(lambda: nvs.get_blob("n", bytearray(9)))]
nvs.set_blob("n", b"1234")
esp32.power_up()
nvs = NVS("other")
result += [nvs.get_blob("n", bytearray(9)), error_of(lambda: nvs.get_i32("n"))]
"""
    missing = ["OSError", -0x1102]
    assert ask(lines) == [5, missing, 4, missing]


def test_the_longest_records_of_crashes_are_kept(ask):
    lines = """
for i in range(9):
    boot.start.record("%d" % i + "x" * 1000)
set_number(1, "puck", "develop")
result = [[len(line), line.split(": ")[1][0]] for line in boot.start.crashes()]
"""
    assert ask(lines) == [[240, str(i)] for i in range(8, 0, -1)]


def test_what_does_not_fit_is_refused_and_what_was_there_stays(ask):
    """ESP_ERR_NVS_VALUE_TOO_LONG, ESP_ERR_NVS_NOT_ENOUGH_SPACE, and a boot.py that goes on."""
    lines = """
nvs = NVS("other")
nvs.set_blob("b", b"kept")
result = [error_of(lambda: nvs.set_blob("b", bytes(30000)))]
nvs.set_blob("large", bytes(9000))
result += [error_of(lambda: nvs.set_blob("b", bytes(12000)))]
esp32.power_up()
nvs = NVS("other")
result += [nvs.get_blob("b", bytearray(9)), nvs.get_blob("large", bytearray(9000))]
result += [NVS("puck").get_i32("boots")]
"""
    errors = [["OSError", -0x110E], ["OSError", -0x1105]]
    assert ask(lines) == [*errors, 4, 9000, 1]


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
