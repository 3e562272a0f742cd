/* firmware/senses/motion_kernels.py as one would write it in C. */
#include <stdint.h>

enum { SECOND = 50, WINDOW_S = 15 };

void quarter_mg(const int32_t *source, int32_t *out, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = (int32_t)((uint32_t)source[i] << 2);
}

static int32_t larger(int32_t peak, int32_t v)
{
    int32_t size = v < 0 ? (int32_t)(0u - (uint32_t)v) : v;
    return size > peak ? size : peak;
}

static int32_t floored(int32_t a, int32_t b)
{
    return a / b - (a % b < 0);
}

void count_seconds(const int32_t *x, const int32_t *y, const int32_t *z, int32_t *s, int n)
{
    for (int i = 0; i < n; i++) {
        s[1] = larger(larger(larger(s[1], x[i]), y[i]), z[i]);
        s[0] = (int32_t)((uint32_t)s[0] + 1);
        if (s[0] != SECOND)
            continue;
        int32_t bin = 1 + floored((int32_t)((uint32_t)s[1] * 4), 625);
        s[3] = (int32_t)((uint32_t)s[3] + (uint32_t)(bin > 128 ? 128 : bin));
        s[0] = 0;
        s[1] = 0;
        s[2] = (int32_t)((uint32_t)s[2] + 1);
        if (s[2] != WINDOW_S)
            continue;
        int32_t count = floored((int32_t)(((uint32_t)s[3] - 18) * 307), 100);
        if (count > 0)
            s[5] = (int32_t)((uint32_t)s[5] + (uint32_t)count);
        s[4] = (int32_t)((uint32_t)s[4] + 1);
        s[2] = 0;
        s[3] = 0;
    }
}
