/* firmware/bedside/noise_kernels.py as one would write it in C. */
#include <stdint.h>

typedef uint32_t u;
enum { WORD = 0x3FFFFFFF, HALF = 0x4000 };

static int32_t mul(int32_t a, int32_t b)
{
    return (int32_t)((u)a * (u)b);
}

static int32_t add(int32_t a, int32_t b)
{
    return (int32_t)((u)a + (u)b);
}

static int32_t sub(int32_t a, int32_t b)
{
    return (int32_t)((u)a - (u)b);
}

static int32_t within(int32_t x, int32_t least, int32_t most)
{
    return x < least ? least : x > most ? most : x;
}

static int32_t sample(int32_t x)
{
    return within(x, -32768, 32767);
}

void noise(int32_t *s, int end, int16_t *out, int n)
{
    int32_t x = s[0];
    for (int i = 0; i < n; i++) {
        x ^= (int32_t)((u)x << 11 & WORD);
        x ^= x >> 13;
        x ^= (int32_t)((u)x << 8 & WORD);
        int32_t white = (x & 0x7FFF) < s[1] ? (x >> 15) - HALF : 0;
        int32_t y = mul(white, s[2]);
        for (int32_t *pole = s + 3; pole < s + end; pole += 3) {
            int32_t gap = sub((int32_t)((u)white << 12), pole[0]);
            pole[0] = add(pole[0], mul(gap >> 12, pole[1]));
            y = add(y, mul(pole[0] >> 12, pole[2]));
        }
        out[i] = (int16_t)sample(y >> 10);
    }
    s[0] = x;
}

void sift(const int16_t *samples, int16_t *out, int32_t *s, int n, int32_t gain, int32_t step)
{
    int32_t low = s[4], band = s[5];
    for (int i = 0; i < n; i++) {
        int32_t y = samples[i];
        if (s[0] < 3) {
            int32_t f = s[1] >> 12;
            low = add(low, mul(band >> 9, f) >> 3);
            int32_t high = sub(sub((int32_t)((u)y << 8), low), mul(band >> 9, s[3]) >> 3);
            band = add(band, mul(high >> 9, f) >> 3);
            y = (s[0] == 0 ? low : s[0] == 1 ? band : high) >> 8;
            s[1] = add(s[1], s[2]);
        }
        out[i] = (int16_t)sample(add(out[i], mul(y >> 4, gain >> 12) >> 11));
        gain = add(gain, step);
    }
    s[4] = low;
    s[5] = band;
}
