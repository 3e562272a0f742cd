"""The task list: every task by name, and what happens when one dies.

A task that dies of an error is printed and started again; it must never take the
others with it.
"""

import asyncio
import sys

from micropython import const

_RESTART_MS = const(1000)  # slow enough that a task that always dies leaves time for the rest


class Tasks:
    """The puck's tasks. `faults` counts deaths."""

    def __init__(self):
        self.faults = 0
        self._running = []

    def start(self, name: str, coroutine_function) -> None:
        """Run `coroutine_function()` for ever."""
        self._running.append(asyncio.create_task(self._keep(name, coroutine_function)))

    def stop(self) -> None:
        """Cancel all tasks."""
        for task in self._running:
            task.cancel()
        self._running = []

    async def _keep(self, name, coroutine_function):
        while True:
            try:
                await coroutine_function()
            except Exception as error:  # the one place where any error may end up
                self.faults += 1
                print("task %s died and starts again:" % name)
                sys.print_exception(error)
            await asyncio.sleep_ms(_RESTART_MS)
