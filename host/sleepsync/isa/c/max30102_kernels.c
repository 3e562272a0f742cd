/* lib/max30102_kernels.py as one would write it in C. */
#include <stdint.h>

void unpack(const uint8_t *raw, int32_t *red, int32_t *infrared, int n)
{
    for (int i = 0; i < n; i++, raw += 6) {
        red[i] = (raw[0] & 3) << 16 | raw[1] << 8 | raw[2];
        infrared[i] = (raw[3] & 3) << 16 | raw[4] << 8 | raw[5];
    }
}
