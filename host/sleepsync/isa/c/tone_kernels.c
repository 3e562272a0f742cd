/* firmware/bedside/tone_kernels.py as one would write it in C. */
#include <stdint.h>

typedef uint32_t u;
enum { A = 25732, B = 10524, C = 1176 };

static int32_t q14(int32_t a, int32_t b)
{
    return (int32_t)((u)a * (u)b) >> 14;
}

int32_t tone(int32_t phase, int at, int end, int16_t *out, int32_t step, int32_t amplitude,
             int32_t rise)
{
    for (; at < end; at++) {
        int32_t z = (phase >> 8) - 0x4000;
        if (z > 0x4000)
            z = 0x8000 - z;
        int32_t square = q14(z, z);
        z = q14(z, A - q14(square, B - q14(square, C)));
        out[at] = (int16_t)q14(z, amplitude >> 12);
        phase = (int32_t)((u)phase + (u)step) & 0xFFFFFF;
        amplitude = (int32_t)((u)amplitude + (u)rise);
    }
    return phase;
}
