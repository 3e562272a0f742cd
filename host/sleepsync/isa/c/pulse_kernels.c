/* firmware/senses/pulse_kernels.py as one would write it in C. */
#include <stdint.h>

enum { SHORT = 7, LONG = 33, CENTRE = 16, SHORT_IN = 13, SHORT_OUT = 20 };

typedef uint32_t u;

int swing(const int32_t *light, int32_t *out, int32_t *state, int32_t *sums, int n)
{
    int32_t mean = state[0], t = state[1];
    u total = (u)sums[(u)(t - 1) & 255];
    int clamped = 0;
    for (int i = 0; i < n; i++) {
        u x = (u)light[i] << 8;
        if (mean < 0)
            mean = (int32_t)x;
        mean = (int32_t)((u)mean + (u)((int32_t)(x - (u)mean) >> 6));
        int32_t v = (int32_t)((u)(mean >> 8) - (u)light[i]);
        if (v > 8191) {
            v = 8191;
            clamped++;
        }
        if (v < -8191) {
            v = -8191;
            clamped++;
        }
        out[i] = v;
        total = (total + (u)light[i]) & 0x3FFFFFFF;
        sums[(u)(t + i) & 255] = (int32_t)total;
    }
    state[0] = mean;
    state[1] = (int32_t)((u)t + (u)n) & 255;
    return clamped;
}

int find_beats(const int32_t *y, int32_t *ring, int32_t *s, int32_t *out, int n)
{
    int32_t t = s[0];
    int32_t *squares = ring + 128;
    int k = 0;
    for (int i = 0; i < n; i++) {
        int32_t v = y[i];
        int32_t q = v > 0 ? (int32_t)((u)v * (u)v) >> 8 : 0;
        ring[t & 127] = v;
        s[1] = (int32_t)((u)s[1] + (u)q - (u)squares[(t - LONG) & 63]);
        squares[t & 63] = q;
        s[2] = (int32_t)((u)s[2] + (u)squares[(t - SHORT_IN) & 63] -
                         (u)squares[(t - SHORT_OUT) & 63]);
        s[3] = (int32_t)((u)s[3] + (u)((int32_t)(((u)q << 6) - (u)s[3]) >> 9));
        int32_t c = t - CENTRE;
        v = ring[c & 127];
        s[7] = (int32_t)((u)s[7] + 1);
        s[9] = (int32_t)((u)s[9] + 1);
        if (v < s[6]) {
            s[6] = v;
            s[8] = 0;
        }
        int32_t slope = (int32_t)((u)ring[(c + 1) & 127] - (u)ring[(c - 1) & 127]);
        if (slope > s[8]) {
            s[7] = CENTRE;
            s[8] = slope;
        }
        if ((int32_t)((u)s[2] * LONG) > (int32_t)(((u)s[1] + LONG * (u)(s[3] >> 12)) * SHORT)) {
            s[4] = (int32_t)((u)s[4] + 1);
            if (v > s[5]) {
                s[5] = v;
                s[9] = s[7];
            }
        } else if (s[4] > 0) {
            if (s[4] >= SHORT) {
                out[k] = (int32_t)((u)s[9] + (u)(n - 1 - i));
                out[k + 1] = (int32_t)((u)s[5] - (u)s[6]);
                k += 2;
            }
            s[4] = 0;
            s[5] = 0;
            s[6] = 8191;
            s[8] = 0;
        }
        t = (t + 1) & 0xFFFFF;
    }
    s[0] = t;
    return k >> 1;
}

enum { SHAPE = 32 };

void compare(const int32_t *ring, int32_t *usual, int32_t *sums, int32_t start, int32_t shift)
{
    u a = 0, b = 0, aa = 0, ab = 0, bb = 0;
    for (int i = 0; i < SHAPE; i++) {
        int32_t v = (int32_t)((u)ring[(u)(start + i) & 127] << 6) >> (shift & 31);
        if (v > 4095)
            v = 4095;
        if (v < -4095)
            v = -4095;
        u was = (u)usual[i];
        a += (u)v;
        b += was;
        aa += (u)v * (u)v;
        ab += (u)v * was;
        bb += was * was;
        usual[i] = (int32_t)(was + (u)((int32_t)((u)v - was) >> 3));
    }
    sums[0] = (int32_t)a;
    sums[1] = (int32_t)b;
    sums[2] = (int32_t)aa;
    sums[3] = (int32_t)ab;
    sums[4] = (int32_t)bb;
}

enum { SLOWEST = 5, FASTEST = 32 };

void spectrum(const int32_t *values, const int32_t *turns, int32_t *powers, const int32_t *cosine,
              int n)
{
    for (int32_t f = SLOWEST; f <= FASTEST; f++) {
        u even = 0, odd = 0;
        for (int i = 0; i < n; i++) {
            int32_t turn = (int32_t)((u)turns[i] * (u)f) >> 8;
            even += (u)values[i] * (u)cosine[turn & 255];
            odd += (u)values[i] * (u)cosine[(turn - 64) & 255];
        }
        u e = (u)((int32_t)even >> 15), o = (u)((int32_t)odd >> 15);
        powers[f - SLOWEST] = (int32_t)((u)((int32_t)(e * e + o * o) >> 10) * (u)f);
    }
}
