/* firmware/senses/pulse_kernels.py as one would write it in C. */
#include <stdint.h>

enum { SHORT = 7, LONG = 33, CENTRE = 16, SHORT_IN = 13, SHORT_OUT = 20 };

typedef uint32_t u;

int swing(const int32_t *light, int32_t *out, int32_t *state, int n)
{
    int32_t mean = state[0];
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
    }
    state[0] = mean;
    return clamped;
}

int find_beats(const int32_t *y, int32_t *ring, int32_t *s, int32_t *out, int n)
{
    int32_t t = s[0];
    int32_t *squares = ring + 64;
    int k = 0;
    for (int i = 0; i < n; i++) {
        int32_t v = y[i];
        int32_t q = v > 0 ? (int32_t)((u)v * (u)v) >> 8 : 0;
        ring[t & 63] = v;
        s[1] = (int32_t)((u)s[1] + (u)q - (u)squares[(t - LONG) & 63]);
        squares[t & 63] = q;
        s[2] = (int32_t)((u)s[2] + (u)squares[(t - SHORT_IN) & 63] -
                         (u)squares[(t - SHORT_OUT) & 63]);
        s[3] = (int32_t)((u)s[3] + (u)((int32_t)(((u)q << 6) - (u)s[3]) >> 9));
        int32_t c = t - CENTRE;
        v = ring[c & 63];
        s[7] = (int32_t)((u)s[7] + 1);
        s[11] = (int32_t)((u)s[11] + 1);
        if (v < s[6]) {
            s[6] = v;
            s[9] = 0;
        }
        int32_t slope = (int32_t)((u)ring[(c + 1) & 63] - (u)ring[(c - 1) & 63]);
        if (slope > s[9]) {
            s[7] = CENTRE;
            s[8] = (int32_t)((u)v - (u)ring[(c - 2) & 63]);
            s[9] = slope;
            s[10] = (int32_t)((u)ring[(c + 2) & 63] - (u)v);
        }
        if ((int32_t)((u)s[2] * LONG) > (int32_t)(((u)s[1] + LONG * (u)(s[3] >> 12)) * SHORT)) {
            s[4] = (int32_t)((u)s[4] + 1);
            if (v > s[5]) {
                s[5] = v;
                s[11] = s[7];
                s[12] = s[8];
                s[13] = s[9];
                s[14] = s[10];
            }
        } else if (s[4] > 0) {
            if (s[4] >= SHORT) {
                out[k] = (int32_t)((u)s[11] + (u)(n - 1 - i));
                out[k + 1] = s[12];
                out[k + 2] = s[13];
                out[k + 3] = s[14];
                out[k + 4] = (int32_t)((u)s[5] - (u)s[6]);
                k += 5;
            }
            s[4] = 0;
            s[5] = 0;
            s[6] = 8191;
            s[9] = 0;
        }
        t = (t + 1) & 0xFFFFF;
    }
    s[0] = t;
    return k / 5;
}

void keep(const int32_t *y, int32_t *ring, int32_t at, int n)
{
    for (int i = 0; i < n; i++)
        ring[(u)(at + i) & 127] = y[i];
}

enum { SHAPE = 32 };

void compare(const int32_t *ring, int32_t *usual, int32_t *energies, int32_t start)
{
    u sum = 0;
    for (int i = 0; i < SHAPE; i++)
        sum += (u)ring[(start + i) & 127];
    int32_t mean = (int32_t)sum >> 5, peak = 0, shift = 0;
    for (int i = 0; i < SHAPE; i++) {
        int32_t v = (int32_t)((u)ring[(start + i) & 127] - (u)mean);
        if (v < 0)
            v = (int32_t)(0 - (u)v);
        if (v > peak)
            peak = v;
    }
    peak = (int32_t)((u)peak << 6);
    for (; peak > 2047; shift++)
        peak >>= 1;
    u shape = 0, both = 0, same = 0;
    for (int i = 0; i < SHAPE; i++) {
        int32_t v = (int32_t)(((u)ring[(start + i) & 127] - (u)mean) << 6) >> shift;
        u was = (u)usual[i];
        shape += (u)v * (u)v;
        both += (u)v * was;
        same += was * was;
        usual[i] = (int32_t)(was + (u)((int32_t)((u)v - was) >> 3));
    }
    energies[0] = (int32_t)shape;
    energies[1] = (int32_t)both;
    energies[2] = (int32_t)same;
}
