"""Fixed-point filters that more than one room uses."""

import micropython


@micropython.viper
def biquads(x: ptr32, coefficients: ptr32, state: ptr32, sections: int, n: int):
    """Filter `x[:n]` in place through `sections` second-order sections, direct form 1.

    coefficients: b0 b1 b2 -a1 -a2 of each section, Q14. state: x1 x2 y1 y2 e of each,
    e being the rounding error of the last sample, which is fed back so that slow
    signals keep their low bits. |b0| + |b1| + |b2| times the largest |x|, and |a1| + |a2|
    times the largest |y|, must be less than 2^31 - 2^14 together: tests_host/night/test_ranges.py
    proves it for every filter in use.
    """
    s = 0
    while s < sections:
        c = s * 5
        b0 = int(coefficients[c])
        b1 = int(coefficients[c + 1])
        b2 = int(coefficients[c + 2])
        a1 = int(coefficients[c + 3])
        a2 = int(coefficients[c + 4])
        x1 = int(state[c])
        x2 = int(state[c + 1])
        y1 = int(state[c + 2])
        y2 = int(state[c + 3])
        e = int(state[c + 4])
        i = 0
        while i < n:
            x0 = int(x[i])
            acc = b0 * x0 + b1 * x1 + b2 * x2 + a1 * y1 + a2 * y2 + e
            e = acc & 0x3FFF
            x2 = x1
            x1 = x0
            y2 = y1
            y1 = acc >> 14
            x[i] = y1
            i += 1
        state[c] = x1
        state[c + 1] = x2
        state[c + 2] = y1
        state[c + 3] = y2
        state[c + 4] = e
        s += 1


@micropython.viper
def differences(x: ptr32, sums: ptr32, n: int):
    """The sums of the first and second differences of `x[:n]`, without signs, into `sums`.

    For |x| below 2^18 and n up to 512 they stay inside 30 bits.
    """
    steps = 0
    turns = 0
    step = 0
    i = 1
    while i < n:
        last = step
        step = int(x[i]) - int(x[i - 1])
        turn = step - last
        if i > 1:
            if turn < 0:
                turn = 0 - turn
            turns += turn
        if step < 0:
            steps -= step
        else:
            steps += step
        i += 1
    sums[0] = steps
    sums[1] = turns
