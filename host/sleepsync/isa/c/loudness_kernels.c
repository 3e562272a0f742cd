/* lib/loudness_kernels.py as one would write it in C. */
#include <stdint.h>

void widen(int n, int first, const int16_t *samples, int32_t *words)
{
    for (int i = 0; i < n; i++)
        words[i] = (int32_t)((uint32_t)samples[first + i] << 16);
}
