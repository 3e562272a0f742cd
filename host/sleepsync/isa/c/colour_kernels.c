/* firmware/bedside/colour_kernels.py as one would write it in C. */
#include <stdint.h>

enum { BYTES = 72, STEP = 75, TURN = 256 };

void fill(uint8_t *out, int green, int red, int blue)
{
    uint32_t dither = 0;
    for (uint8_t *at = out; at < out + BYTES; at += 3) {
        at[0] = (uint8_t)(((uint32_t)green + dither) >> 8);
        at[1] = (uint8_t)(((uint32_t)red + dither) >> 8);
        at[2] = (uint8_t)(((uint32_t)blue + dither) >> 8);
        dither += STEP;
        if (dither >= TURN)
            dither -= TURN;
    }
}
