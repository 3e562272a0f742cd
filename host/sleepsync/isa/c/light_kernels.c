/* firmware/governor/light_kernels.py as one would write it in C. */
#include <stdint.h>

typedef uint32_t u;
enum { BYTES = 72, MOST_COUNTS = 9894, SLEW = 10, SPREAD = 19110, FALLBACK = 65520 };

void dim(uint8_t *frame, int32_t *sums, int share, int amber)
{
    int greens = 0, reds = 0, blues = 0;
    u dither = 0;
    for (uint8_t *at = frame; at < frame + BYTES; at += 3) {
        int green = (int32_t)(at[0] * (u)share + dither) >> 16;
        int red = (int32_t)(at[1] * (u)share + dither) >> 16;
        int blue = (int32_t)(at[2] * (u)share + dither) >> 16;
        if (amber) {
            blue = 0;
            if (green > red >> 1)
                green = red >> 1;
        }
        at[0] = (uint8_t)green;
        at[1] = (uint8_t)red;
        at[2] = (uint8_t)blue;
        greens += green;
        reds += red;
        blues += blue;
        dither += SPREAD;
        if (dither >= FALLBACK)
            dither -= FALLBACK;
    }
    sums[0] = greens * 12 + reds * 7 + blues * 4;
    sums[1] = greens * 11 + reds + blues * 36;
    sums[2] = greens + reds + blues;
}

static int32_t sum(int32_t a, int32_t move, int32_t weight)
{
    return (int32_t)((u)a + (u)move * (u)weight);
}

void approach(uint8_t *frame, const uint8_t *goal, uint16_t *rests, const uint8_t *kinds, int32_t *s,
              int share)
{
    int channel = s[5], budget = s[6], kind = channel % 3 * 3;
    int32_t photopic = s[0], melanopic = s[1], counts = s[2], net = 0;
    for (int n = 0; n < BYTES; n++) {
        int at = channel + kinds[kind] - 1;
        int weight = kinds[kind + 1], blueness = kinds[kind + 2];
        int count = frame[at];
        u rest = (u)(goal[at] - count) * (u)share + rests[at];
        int move = (int32_t)rest >> 16;
        move = move > SLEW ? SLEW : move < -SLEW ? -SLEW : move;
        if (s[4]) {
            int bound = kind == 0 ? frame[at - 1] * 2 - count : (frame[at + 1] >> 1) - count;
            if (kind == 0 ? move < bound : kind == 3 && move > bound)
                move = bound;
        }
        if (move) {
            int towards = move < 0 ? 1 : -1;
            while (move && (u)net + (u)move * (u)weight + (u)budget > 2 * (u)budget)
                move += towards;
            if (!move && s[7])
                break;
        }
        while (move > 0 && (sum(photopic, move, weight) > s[3] ||
                            sum(melanopic, move, blueness) > s[3] ||
                            sum(counts, move, 1) > MOST_COUNTS))
            move--;
        frame[at] = (uint8_t)(count + move);
        rests[at] = (uint16_t)rest;
        net = sum(net, move, weight);
        photopic = sum(photopic, move, weight);
        melanopic = sum(melanopic, move, blueness);
        counts = sum(counts, move, 1);
        kind = kind == 6 ? 0 : kind + 3;
        channel = channel == BYTES - 1 ? 0 : channel + 1;
    }
    s[0] = photopic;
    s[1] = melanopic;
    s[2] = counts;
    s[5] = channel;
}
