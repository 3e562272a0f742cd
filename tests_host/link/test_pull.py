"""A night over the air: whole, cut off and taken up again, as fast as the stack allows."""

import asyncio
import random
from zlib import crc32

from sleepsync.bench.link_pull import KIB, night, pulled, resumed

CUTS = 20
LEAST_SHARE = 0.3  # beside other tests; the bench, which is alone, asks for 0.6


def test_a_night_comes_whole_and_as_fast_as_most_of_the_stack_allows(tmp_path):
    came, total, reached = asyncio.run(pulled(tmp_path, LEAST_SHARE))
    assert came == night()
    assert total == crc32(came)
    assert reached >= LEAST_SHARE, f"{reached:.2f} of what the stack reaches alone"


def test_a_night_that_is_cut_off_anywhere_is_taken_up_there(tmp_path):
    cuts = sorted(random.Random(4).sample(range(1, KIB * 1024), CUTS))
    assert asyncio.run(resumed(tmp_path, cuts)) == night()
