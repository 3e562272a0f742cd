/* lib/fixed_kernels.py as one would write it in C. */
#include <stdint.h>

void biquads(int32_t *x, const int32_t *coefficients, int32_t *state, int sections, int n)
{
    for (int s = 0; s < sections; s++, coefficients += 5, state += 5) {
        uint32_t b0 = coefficients[0], b1 = coefficients[1], b2 = coefficients[2];
        uint32_t a1 = coefficients[3], a2 = coefficients[4];
        int32_t x1 = state[0], x2 = state[1], y1 = state[2], y2 = state[3], e = state[4];
        for (int i = 0; i < n; i++) {
            int32_t acc = (int32_t)(b0 * x[i] + b1 * x1 + b2 * x2 + a1 * y1 + a2 * y2 + e);
            e = acc & 0x3FFF;
            x2 = x1;
            x1 = x[i];
            y2 = y1;
            y1 = acc >> 14;
            x[i] = y1;
        }
        state[0] = x1;
        state[1] = x2;
        state[2] = y1;
        state[3] = y2;
        state[4] = e;
    }
}

void differences(const int32_t *x, int32_t *sums, int n)
{
    uint32_t steps = 0, turns = 0;
    int32_t step = 0;
    for (int i = 1; i < n; i++) {
        int32_t last = step;
        step = (int32_t)((uint32_t)x[i] - (uint32_t)x[i - 1]);
        int32_t turn = (int32_t)((uint32_t)step - (uint32_t)last);
        if (i > 1)
            turns += turn < 0 ? 0u - (uint32_t)turn : (uint32_t)turn;
        steps += step < 0 ? 0u - (uint32_t)step : (uint32_t)step;
    }
    sums[0] = (int32_t)steps;
    sums[1] = (int32_t)turns;
}
