/* firmware/governor/light_kernels.py as one would write it in C. */
#include <stdint.h>

typedef uint32_t u;
enum { BYTES = 72, MOST_COUNTS = 9894, NEXT = 21 };
enum { SPREAD = 19110, FALLBACK = 65520 };

void add_up(uint8_t *frame, int32_t *sums, int amber)
{
    int green = 0, red = 0, blue = 0;
    for (uint8_t *at = frame; at < frame + BYTES; at += 3) {
        if (amber) {
            if (at[0] > at[1] >> 1)
                at[0] = at[1] >> 1;
            at[2] = 0;
        }
        green += at[0];
        red += at[1];
        blue += at[2];
    }
    sums[0] = green * 12 + red * 7 + blue * 4;
    sums[1] = green * 11 + red + blue * 36;
    sums[2] = green + red + blue;
}

void dim(uint8_t *frame, int share)
{
    u dither = 0;
    for (uint8_t *at = frame; at < frame + BYTES; at += 3) {
        for (int c = 0; c < 3; c++)
            at[c] = (uint8_t)((at[c] * (u)share + dither) >> 16);
        dither += SPREAD;
        if (dither >= FALLBACK)
            dither -= FALLBACK;
    }
}

int32_t furthest(const uint8_t *frame, const uint8_t *goal)
{
    int most = 0;
    for (int i = 0; i < BYTES; i++) {
        int d = goal[i] - frame[i];
        if (d < 0)
            d = -d;
        if (d > most)
            most = d;
    }
    return most;
}

static const struct { int8_t at; uint8_t weight, blueness; } KINDS[] = {
    {1, 7, 1}, {-1, 12, 11}, {0, 4, 36}};

static int32_t sum(int32_t a, int32_t move, int32_t weight)
{
    return (int32_t)((u)a + (u)move * (u)weight);
}

void approach(uint8_t *frame, const uint8_t *goal, uint16_t *rests, int32_t *s, int share,
              int budget)
{
    int channel = s[5], kind = channel % 3, n;
    int32_t photopic = s[0], melanopic = s[1], counts = s[2], net = 0;
    for (n = 0; n < BYTES; n++) {
        int at = channel + KINDS[kind].at;
        int weight = KINDS[kind].weight, blueness = KINDS[kind].blueness;
        int count = frame[at];
        u rest = (u)(goal[at] - count) * (u)share + rests[at];
        int move = (int32_t)rest >> 16;
        if (s[4]) {
            int bound = kind == 0 ? frame[at - 1] * 2 - count : (frame[at + 1] >> 1) - count;
            if (kind == 0 ? move < bound : kind == 1 && move > bound)
                move = bound;
        }
        int wanted = move;
        while (move < 0 && sum(net, move, weight) < (int32_t)(0u - (u)budget))
            move++;
        while (move > 0 && sum(net, move, weight) > budget)
            move--;
        if (s[6] && wanted && !move)
            break;
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
        kind = kind == 2 ? 0 : kind + 1;
        channel = channel == BYTES - 1 ? 0 : channel + 1;
    }
    if (n == BYTES) {
        channel += NEXT;
        if (channel >= BYTES)
            channel -= BYTES;
    }
    s[0] = photopic;
    s[1] = melanopic;
    s[2] = counts;
    s[5] = channel;
}
