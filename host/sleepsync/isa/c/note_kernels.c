/* firmware/bedside/note_kernels.py as one would write it in C. */
#include <stdint.h>

typedef uint32_t u;
enum { A = 25732, B = 10524, C = 1176, TURN = 0xFFFFFF };

static int32_t mul(int32_t a, int32_t b)
{
    return (int32_t)((u)a * (u)b);
}

static int32_t sine(int32_t phase)
{
    int32_t z = (phase >> 8) - 0x4000;
    if (z > 0x4000)
        z = 0x8000 - z;
    int32_t square = mul(z, z) >> 14;
    return mul(z, A - (mul(square, B - (mul(square, C) >> 14)) >> 14)) >> 14;
}

void note(int32_t *s, int16_t *out, int at, int end, int32_t gain, int32_t step)
{
    int32_t phase = s[0], bend = s[2], level = s[5];
    for (; at < end; at++) {
        int32_t index = mul(level >> 12, s[4]) >> 15;
        int32_t z = sine((int32_t)((u)phase + (u)mul(sine(bend), index)) & TURN);
        int32_t loud = mul(level >> 12, gain >> 12) >> 15;
        z = (int32_t)((u)out[at] + (u)(mul(z, loud) >> 14));
        out[at] = (int16_t)(z > 32767 ? 32767 : z < -32768 ? -32768 : z);
        int32_t gap = (int32_t)((u)s[6] - (u)level);
        level = (int32_t)((u)level + (u)(mul(gap >> 12, s[7]) >> 8));
        if (level < 0)
            level = 0;
        if (level >= s[8]) {
            s[6] = s[9];
            s[7] = s[10];
            s[8] = TURN << 4;
        }
        phase = (int32_t)((u)phase + (u)s[1]) & TURN;
        bend = (int32_t)((u)bend + (u)s[3]) & TURN;
        gain = (int32_t)((u)gain + (u)step);
    }
    s[0] = phase;
    s[2] = bend;
    s[5] = level;
}

void hush(int16_t *out, int n)
{
    while (n > 0)
        out[--n] = 0;
}
