/* firmware/bedside/adpcm_kernels.py as one would write it in C. */
#include <stdint.h>

void decode(int nibble, int end, const uint8_t *data, const uint16_t *steps, int32_t *state,
            int16_t *out, int at)
{
    int32_t value = state[0], index = state[1];
    for (; nibble < end; nibble++, at++) {
        int code = data[nibble >> 1] >> ((nibble & 1) * 4);
        int step = steps[index], change = step >> 3;
        if (code & 4)
            change += step;
        if (code & 2)
            change += step >> 1;
        if (code & 1)
            change += step >> 2;
        value += code & 8 ? -change : change;
        if (value < -32768)
            value = -32768;
        if (value > 32767)
            value = 32767;
        out[at] = (int16_t)value;
        code &= 7;
        index += code > 3 ? 2 * code - 6 : -1;
        if (index < 0)
            index = 0;
        if (index > 88)
            index = 88;
    }
    state[0] = value;
    state[1] = index;
}
