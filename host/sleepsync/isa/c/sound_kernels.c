/* firmware/governor/sound_kernels.py as one would write it in C. */
#include <stdint.h>

void amplify(int gain, int at, int n, int16_t *samples, int step)
{
    for (; at < n; at++) {
        uint32_t louder = (uint32_t)samples[at] * (uint32_t)(gain >> 12) + 0x4000;
        samples[at] = (int16_t)((int32_t)louder >> 15);
        gain = (int)((uint32_t)gain + (uint32_t)step);
    }
}
