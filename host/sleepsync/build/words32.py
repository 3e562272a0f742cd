"""Viper's words and pointers in plain Python, for a VM that cannot run machine code.

Runs on the puck's VM only (the tree `wasm`); the rewritten kernels import it. It must
give what a 32-bit chip gives, whatever the VM's own small integers hold.
"""

import uctypes

_LONGEST = 1 << 20  # elements: longer than any buffer of the puck; viper checks no bounds


def int32(value: int) -> int:
    """The low 32 bits of `value`, signed."""
    if -0x80000000 <= value <= 0x7FFFFFFF:
        return value
    return ((value & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000


def uint32(value: int) -> int:
    """The low 32 bits of `value`, unsigned."""
    return value & 0xFFFFFFFF


def int64(value: int) -> int:
    """The low 64 bits of `value`, signed."""
    if -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
        return value
    return ((value & 0xFFFFFFFFFFFFFFFF) ^ 0x8000000000000000) - 0x8000000000000000


def _view(buffer, element):
    layout = {"at": (uctypes.ARRAY, _LONGEST | element)}
    return uctypes.struct(uctypes.addressof(buffer), layout).at


def ptr8(buffer) -> object:
    """The bytes of `buffer`, unsigned."""
    return _view(buffer, uctypes.UINT8)


def ptr16(buffer) -> object:
    """The 16-bit words of `buffer`, unsigned as on the chip."""
    return _view(buffer, uctypes.UINT16)


def ptr32(buffer) -> object:
    """The 32-bit words of `buffer`, signed."""
    return _view(buffer, uctypes.INT32)


def ptr32_unsigned(buffer) -> object:
    """The 32-bit words of `buffer`, unsigned, as the 64-bit VM reads them."""
    return _view(buffer, uctypes.UINT32)
