"""IMA ADPCM in pages of 256 bytes: all pages of a clip at a time, for each stands by itself.

After "Recommended Practices for Enhancing Digital Audio Compatibility in Multimedia Systems",
revision 3.00, IMA Digital Audio Focus and Technical Working Groups, 1992.
"""

import numpy as np

PAGE_BYTES, PAGE_SAMPLES = 256, 505
_HEAD_BYTES = 4  # the first sample, the step's index, 0
_FIRST_STEPS = range(0, 89, 8)  # of which each page takes the best to begin with
_INDEX_CHANGES = np.array([-1, -1, -1, -1, 2, 4, 6, 8])
# fmt: off
STEPS = np.array([
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66,
    73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408,
    449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066,
    2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630,
    9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
])
# fmt: on


def encoded(samples: np.ndarray) -> bytes:
    """Whole pages of the samples, (n,) int16; the last one is filled with 0."""
    count = -(-len(samples) // PAGE_SAMPLES)
    pages = np.zeros((count, PAGE_SAMPLES), np.int64)
    pages.reshape(-1)[: len(samples)] = samples
    best, least = np.zeros((count, PAGE_BYTES), np.uint8), np.full(count, np.inf)
    for index in _FIRST_STEPS:
        found, error = _page(pages, index)
        better = error < least
        best[better], least[better] = found[better], error[better]
    return best.tobytes()


def decoded(data: bytes) -> np.ndarray:
    """The samples of whole pages, (n,) int16."""
    pages = np.frombuffer(data, np.uint8).reshape(-1, PAGE_BYTES)
    body = pages[:, _HEAD_BYTES:]
    codes = np.stack([body & 15, body >> 4], 2).reshape(len(pages), -1)
    value = pages[:, :2].copy().view("<i2")[:, 0].astype(np.int64)
    index = pages[:, 2].astype(np.int64)
    out = np.empty((len(pages), PAGE_SAMPLES), np.int16)
    out[:, 0] = value
    for at, code in enumerate(codes.T, 1):
        value, index = _after(value, index, code)
        out[:, at] = value
    return out.reshape(-1)


def _page(pages, first_index):
    """(bytes, sum of squared errors) of every page, its steps beginning with `first_index`."""
    value, index = pages[:, 0], np.full(len(pages), first_index)
    codes = np.empty((len(pages), PAGE_SAMPLES - 1), np.uint8)
    error = np.zeros(len(pages))
    for at, wanted in enumerate(pages[:, 1:].T):
        away = wanted - value
        code = np.minimum(np.abs(away) * 4 // STEPS[index], 7) | np.where(away < 0, 8, 0)
        value, index = _after(value, index, code)
        codes[:, at] = code
        error += (wanted - value) ** 2.0
    out = np.zeros((len(pages), PAGE_BYTES), np.uint8)
    out[:, :2] = pages[:, :1].astype("<i2").view(np.uint8)
    out[:, 2] = first_index
    out[:, _HEAD_BYTES:] = codes[:, ::2] | codes[:, 1::2] << 4
    return out, error


def _after(value, index, code):
    """(sample, index of the step) after a code."""
    step = STEPS[index]
    change = (step >> 3) + sum(
        np.where(code & bit, step >> shift, 0) for bit, shift in ((4, 0), (2, 1), (1, 2))
    )
    value = np.clip(np.where(code & 8, value - change, value + change), -32768, 32767)
    return value, np.clip(index + _INDEX_CHANGES[code & 7], 0, len(STEPS) - 1)
