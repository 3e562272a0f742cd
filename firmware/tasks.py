"""The task list: every task by name, what happens when one dies, and who feeds the watchdog.

A task that dies of an error is printed and started again; it must never take the
others with it. A task that hangs starves the watchdog, which starts the puck anew.
"""

import asyncio
import sys

from micropython import const

_RESTART_MS = const(1000)  # slow enough that a task that always dies leaves time for the rest
# A task that is well goes round its loop in milliseconds when it is woken; a round is long, since
# each costs a wake-up a task, and short enough for four of them before the watchdog bites.
_ROUND_MS = const(10000)
_WELL_ROUNDS = const(3)  # after which a start has gone well


class Task:
    """One task, as the supervisor sees it: `alive` is for the task to call, once a turn."""

    def __init__(self, name: str, wake):
        self.name = name
        self.is_alive = False
        self._wake = wake

    def alive(self) -> None:
        """Show life."""
        self.is_alive = True

    def ask(self) -> None:
        """Life is to be shown again, and nothing to do is no excuse."""
        self.is_alive = False
        if self._wake:
            self._wake.set()


class Tasks:
    """The puck's tasks. `faults` counts deaths."""

    def __init__(self):
        self.faults = 0
        self._watched = []

    def start(self, name: str, coroutine_function, wake=None) -> None:
        """Run `coroutine_function(alive)` for ever; it calls `alive()` at least every 10 s.

        `wake`: the flag it waits for, if it waits for one. The supervisor sets it to see whether
        the task still answers.
        """
        task = Task(name, wake)
        self._watched.append(task)
        self.start_unwatched(name, lambda: coroutine_function(task.alive))

    def start_unwatched(self, name: str, coroutine_function) -> None:
        """Run `coroutine_function()` for ever: one that waits for a person, who may never come."""
        asyncio.create_task(self._keep(name, coroutine_function))  # noqa: RUF006 (asyncio holds it)

    async def supervise(self, watchdog, is_held, start) -> None:
        """Feed `watchdog` each time that every task has shown life, and nobody holds the button.

        `is_held()`: somebody does. `start` hears that this start has gone `good`, and gets a
        `record` of tasks that hang.
        """
        rounds = 0
        hung = ""
        while True:
            for task in self._watched:
                task.ask()
            await asyncio.sleep_ms(_ROUND_MS)
            was_hung = hung
            hung = ", ".join([task.name for task in self._watched if not task.is_alive])
            if hung and hung != was_hung:
                print("no life in task %s; the watchdog will start the puck anew" % hung)
                start.record("no life in task " + hung)
            if not hung and not is_held():
                watchdog.feed()
                rounds += 1
                if rounds == _WELL_ROUNDS:
                    start.good()

    async def _keep(self, name, coroutine_function):
        while True:
            try:
                await coroutine_function()
            except Exception as error:  # the one place where any error may end up
                self.faults += 1
                print("task %s died and starts again:" % name)
                sys.print_exception(error)
            await asyncio.sleep_ms(_RESTART_MS)
