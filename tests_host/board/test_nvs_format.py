"""The pages of NVS, beside Espressif's own generator: what that writes is read, entry by entry."""

import random
from types import SimpleNamespace

import pytest
from changed_puck import write_partition
from esp_idf_nvs_partition_gen import nvs_partition_gen
from sleepsync.flash import flash_map
from sleepsync.simulate import put_new_puck
from whole_puck import in_the_vm

NVS = flash_map().partitions["nvs"]
LINES = """
import esp32
esp32.power_up()
from esp32 import NVS
result = []
for space, key, kind, size in asked:
    if kind == "i32":
        result.append(NVS(space).get_i32(key))
    else:
        blob = bytearray(size)
        result.append(bytes(blob[: NVS(space).get_blob(key, blob)]))
"""


def generated(folder, rows):
    """A partition with these (namespace, key, kind, value), as Espressif's tool makes it."""
    lines = ["key,type,encoding,value"]
    space = None
    for namespace, key, kind, value in rows:
        if namespace != space:
            lines.append(f"{namespace},namespace,,")
            space = namespace
        if kind == "i32":
            lines.append(f"{key},data,i32,{value}")
        else:
            lines.append(f"{key},data,hex2bin,{value.hex()}")
    (folder / "nvs.csv").write_text("\n".join(lines) + "\n")
    where = {"input": str(folder / "nvs.csv"), "output": str(folder / "nvs.bin")}
    nvs_partition_gen.generate(
        SimpleNamespace(**where, size=hex(NVS.bytes), version=2, outdir=str(folder))
    )
    return (folder / "nvs.bin").read_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_what_espressif_s_tool_writes_is_read(bed, run_in, seed):
    draw = random.Random(seed)
    rows = [("puck", f"n{i}", "i32", draw.randrange(-(2**31), 2**31)) for i in range(40)]
    rows += [("settings", f"b{i}", "blob", draw.randbytes(draw.randrange(1, 90))) for i in range(9)]
    rows += [("other", "large", "blob", draw.randbytes(7000)), ("other", "n", "i32", 7)]
    put_new_puck(bed)
    write_partition(bed, "nvs", generated(bed, rows))
    asked = [(space, key, kind, 8000) for space, key, kind, _ in rows]
    found = in_the_vm(run_in, bed, f"asked = {asked!r}\n" + LINES)
    assert found == [value for *_, value in rows]


def test_pages_are_espressif_s_byte_by_byte(bed, run_in, tmp_path):
    """Numbers and blobs, those of whole entries too, written by the puck and by the tool."""
    rows = [("one", "n", "i32", -5), ("one", "odd", "blob", bytes(range(77)))]
    rows += [("one", "whole", "blob", bytes(64)), ("two", "fifteen_letters", "i32", 1 << 30)]
    put_new_puck(bed)
    write_partition(bed, "nvs", bytes([255]) * NVS.bytes)
    lines = f"""
import esp32
esp32.Partition.find(esp32.Partition.TYPE_DATA, label="nvs")[0].ioctl(6, 0)
esp32.power_up()
for space, key, kind, value in {rows!r}:
    nvs = esp32.NVS(space)
    nvs.set_i32(key, value) if kind == "i32" else nvs.set_blob(key, value)
page = bytearray(4096)
simulated.flash.readblocks({NVS.offset} // 4096, page)
result = page
"""
    assert in_the_vm(run_in, bed, lines) == generated(bed, rows)[:4096]
