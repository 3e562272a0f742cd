/* firmware/stages/network_kernels.py as one would write it in C. */
#include <stdint.h>

void dense(const int32_t *x, const uint8_t *w, int32_t *y, int n, int m, int shift, int floor)
{
    for (int o = 0; o < m; o++) {
        uint32_t acc = ((uint32_t)w[0] | (uint32_t)w[1] << 8 | (uint32_t)w[2] << 16) - (1u << 23);
        w += 3;
        for (int i = 0; i < n; i++)
            acc += (uint32_t)x[i] * (uint32_t)(*w++ - 128);
        int32_t answer = (int32_t)acc >> (shift & 31);
        y[o] = (int32_t)((uint32_t)y[o] + (uint32_t)(answer < floor ? floor : answer));
    }
}

void convolve(const uint8_t *ring, const uint8_t *w, int32_t *y, int channels, int taps, int at,
              int step)
{
    int size = (taps - 1) * step + channels;
    for (int c = 0; c < channels; c++) {
        int32_t acc = 0;
        int here = at + c;
        for (int k = 0; k < taps; k++) {
            acc += ring[here] * (w[k * channels + c] - 128);
            here += step;
            if (here >= size)
                here -= size;
        }
        y[c] = acc;
    }
}

void remember(const int32_t *x, uint8_t *ring, int at, int n)
{
    for (int i = 0; i < n; i++)
        ring[at + i] = (uint8_t)(x[i] > 255 ? 255 : x[i]);
}
