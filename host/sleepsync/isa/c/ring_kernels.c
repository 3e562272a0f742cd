/* firmware/bedside/ring_kernels.py as one would write it in C. */
#include <stdint.h>

enum { LIGHTS = 24, CHANNELS = 3, STEP = 75, FULL = 65280 };

void paint(uint8_t *out, const uint16_t *colour, const uint16_t *firsts, const uint16_t *lasts,
           int place)
{
    uint32_t dither = 0;
    for (int light = 0; light < LIGHTS; light++) {
        int32_t share = (int32_t)((uint32_t)firsts[light] * (uint32_t)(8 - place) +
                                  (uint32_t)lasts[light] * (uint32_t)place) >> 3;
        for (int channel = 0; channel < CHANNELS; channel++) {
            int32_t product = (int32_t)((uint32_t)colour[channel] * (uint32_t)share);
            int32_t level = (product >> 10) + (int32_t)dither;
            if (level > FULL)
                level = FULL;
            *out++ = (uint8_t)(level >> 8);
        }
        dither = (dither + STEP) & 255;
    }
}
