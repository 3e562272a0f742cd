"""Files of features as people may have them: with gaps, empty cells and more columns."""

import numpy as np

HEADING = "time_h,hr_feature,count_feature,cosine_feature"
EPOCH_H = 30 / 3600


def rows(count, seed, gaps=0.0, empty=0.0):
    """Rows (time_h, hr_feature, count_feature) of a restless night; "" where a cell is empty."""
    rng = np.random.default_rng(seed)
    deviation = abs(np.cumsum(rng.normal(0, 0.1, count)) % 2 - 1) + 0.1
    activity = rng.exponential(30, count) * (rng.random(count) < 0.3)
    found = []
    for i in range(count):
        cells = [deviation[i], activity[i]]
        cells = ["" if rng.random() < empty else round(float(cell), 6) for cell in cells]
        if rng.random() >= gaps or not found:
            found.append((i * EPOCH_H, *cells))
    return found


def write(path, rows, heading=HEADING):
    """The rows as a file, time in hours to six places, with a cosine that nobody needs."""
    lines = [f"{time:.6f},{hr},{counts},-0.25" for time, hr, counts in rows]
    path.write_text("\n".join([heading, *lines, ""]))
    return path
