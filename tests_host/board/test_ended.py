"""What a night, or safe mode, that somebody ended leaves behind: nothing that runs."""

import pytest
from sleepsync.simulate import put_new_puck
from whole_puck import in_the_vm

ENDED = """
from firmware import app, safe
def for_a_minute(module):
    clock.at(clock.us + 65000000, lambda: clock.schedule_own(get_up, None))
    module.run(boot.start)
def counted(kind, name):
    seen = []
    function = getattr(kind, name)
    def count(self, *words):
        if not any(one is self for one in seen):
            seen.append(self)
        return function(self, *words)
    setattr(kind, name, count)
    return seen
"""


@pytest.mark.parametrize("first", ["app", "safe"])
def test_the_next_run_is_alone(run_in, bed, first):
    put_new_puck(bed)
    lines = f"""
rooms = counted(app.Room, "look")
clocks = counted(app.Clock, "now_ms")
for_a_minute({first})
rooms.clear(), clocks.clear()
for_a_minute(app)
result = [len(rooms), len(clocks)]
"""
    assert in_the_vm(run_in, bed, ENDED + lines) == [1, 1]


def test_what_one_runs_at_the_repl_wakes_no_task_of_the_night(run_in, bed):
    put_new_puck(bed)
    lines = """
rooms = counted(app.Room, "look")
for_a_minute(app)
rooms.clear()
async def wait():
    await asyncio.sleep(30)
asyncio.run(wait())
result = len(rooms)
"""
    assert in_the_vm(run_in, bed, ENDED + lines) == 0
