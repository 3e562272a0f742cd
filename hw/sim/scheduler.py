"""asyncio's task queue on virtual time, in place of the VM's built-in one.

The built-in one stamps woken tasks with the desktop's clock; this one asks `time`,
keeps a strict order (time, then first come), and charges every switch of task.
`install()` must run before anything imports asyncio.
"""

import sys
import time

from clock import clock

SWITCH_US = 300  # a task switch of asyncio on an ESP32 at 240 MHz: 0.2-0.3 ms as published


class TaskQueue:
    """Tasks by the time at which they are to run (`ph_key`), equal times in order of arrival."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        """The next task, or None."""
        return self._tasks[0] if self._tasks else None

    def push(self, task, key: int | None = None) -> None:
        """Queue `task` for the tick `key` (none: now)."""
        task.data = None
        task.ph_key = time.ticks_ms() if key is None else key
        i = len(self._tasks)
        while i and time.ticks_diff(self._tasks[i - 1].ph_key, task.ph_key) > 0:
            i -= 1
        self._tasks.insert(i, task)

    def pop(self):
        """Take the next task, which is about to run: the switch is charged."""
        clock.charge("switch", SWITCH_US)
        clock.interrupts()
        return self._tasks.pop(0)

    def remove(self, task) -> None:
        """Take `task` out of the queue."""
        self._tasks.remove(task)


class Task:
    """A coroutine and what asyncio keeps about it; awaiting it waits for its end."""

    def __init__(self, coro, namespace=None):
        self.coro = coro
        self.data = None  # the queue or task it waits on, then the exception that ended it
        self.state = True  # True running; a TaskQueue of waiters; None ended; False ended and seen
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = TaskQueue()
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        core = sys.modules["asyncio.core"]
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self) -> bool:
        """True once the coroutine has ended."""
        return not self.state

    def cancel(self) -> bool:
        """Throw CancelledError into the task where it waits; False if it had ended."""
        core = sys.modules["asyncio.core"]
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        _wake(task, core)
        task.data = core.CancelledError
        return True


def _wake(task, core):
    if hasattr(task.data, "remove"):  # waits on a queue: a lock, an event, a stream
        task.data.remove(task)
    elif time.ticks_diff(task.ph_key, time.ticks_ms()) > 0:  # sleeps
        core._task_queue.remove(task)
    else:
        return
    core._task_queue.push(task)


class _Module:
    pass


def install() -> None:
    """Become `_asyncio`."""
    module = _Module()
    module.TaskQueue = TaskQueue
    module.Task = Task
    sys.modules["_asyncio"] = module
