/* lib/lis3dh_kernels.py as one would write it in C. */
#include <stdint.h>

void unpack(const int16_t *raw, int32_t *x, int32_t *y, int32_t *z, int n)
{
    for (int i = 0; i < n; i++, raw += 3) {
        x[i] = raw[0] >> 4;
        y[i] = raw[1] >> 4;
        z[i] = raw[2] >> 4;
    }
}
