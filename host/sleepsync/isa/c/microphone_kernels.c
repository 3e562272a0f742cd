/* lib/microphone_kernels.py as one would write it in C. */
#include <stdint.h>

void weigh(const int32_t *words, int32_t *s, int n)
{
    uint32_t x1 = s[0], p = s[1], q = s[2], r = s[3];
    uint32_t small = 0, middle = 0, large = 0;
    for (int i = 0; i < n; i++) {
        uint32_t x = (uint32_t)(words[i] >> 4);
        uint32_t d = x - x1 - (uint32_t)((int32_t)p >> 6);
        p += d;
        d -= (uint32_t)((int32_t)q >> 9) * 19;
        q += d;
        d -= (uint32_t)((int32_t)r >> 2);
        r += d;
        int32_t y = (int32_t)(r - (uint32_t)((int32_t)d >> 3)) >> 7;
        if ((uint32_t)y + 1024 < 2048) {
            small += (uint32_t)y * (uint32_t)y;
        } else if ((uint32_t)y + 65536 < 131072) {
            y >>= 6;
            middle += (uint32_t)y * (uint32_t)y;
        } else {
            y >>= 11;
            large += (uint32_t)y * (uint32_t)y;
        }
        x1 = x;
    }
    s[0] = (int32_t)x1;
    s[1] = (int32_t)p;
    s[2] = (int32_t)q;
    s[3] = (int32_t)r;
    uint32_t low = (uint32_t)s[4] + (small & 0x3FFFFFF) + ((middle & 0x3FFF) << 12) +
                   ((large & 15) << 22);
    s[4] = low & 0x3FFFFFF;
    s[5] = (int32_t)((uint32_t)s[5] + (uint32_t)((int32_t)low >> 26) +
                     (uint32_t)((int32_t)small >> 26) + (uint32_t)((int32_t)middle >> 14) +
                     (uint32_t)((int32_t)large >> 4));
}
