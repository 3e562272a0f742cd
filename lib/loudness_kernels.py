"""From 16-bit samples to the words that the microphone's kernel weighs."""

import micropython


@micropython.viper
def widen(samples: ptr16, words: ptr32, first: int, n: int):
    """Samples `first` to `first + n` as 32-bit words, left-justified, into `words[:n]`."""
    i = 0
    while i < n:
        words[i] = int(samples[first + i]) << 16
        i += 1
