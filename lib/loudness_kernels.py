"""From 16-bit samples to the words that the microphone's kernel weighs."""

import micropython


@micropython.viper
def widen(n: int, first: int, samples: ptr16, words: ptr32):
    """`samples[first : first + n]` as 32-bit words, left-justified, into `words[:n]`."""
    first += n
    while n > 0:
        n -= 1
        first -= 1
        words[n] = int(samples[first]) << 16
