/* lib/fifo_kernels.py as one would write it in C. */
#include <stdint.h>

void unpack_light(const uint8_t *raw, int32_t *red, int32_t *infrared, int n)
{
    for (int i = 0; i < n; i++, raw += 6) {
        red[i] = (raw[0] & 3) << 16 | raw[1] << 8 | raw[2];
        infrared[i] = (raw[3] & 3) << 16 | raw[4] << 8 | raw[5];
    }
}

void unpack_motion(const int16_t *raw, int32_t *x, int32_t *y, int32_t *z, int n)
{
    for (int i = 0; i < n; i++, raw += 3) {
        x[i] = raw[0] >> 4;
        y[i] = raw[1] >> 4;
        z[i] = raw[2] >> 4;
    }
}
