"""The simulated puck's time, which moves only when something takes time.

Sleeping is advancing: whoever waits jumps to the end of the wait, or to the next
thing that the hardware does on its own. Whoever works is charged for it, by kind,
in `charged_us`. Only where it is given a pace does it wait for the desktop's clock.
"""

import meter

KINDS = ("bus", "flash", "collect", "kernel", "switch", "i2s", "ring")  # of work
SCHEDULE_DEPTH = 8  # MICROPY_SCHEDULER_DEPTH of the ESP32 port
_LONG_US = 1000000
CPU_MHZ = 240  # the ESP32's usual clock: one kernel instruction is taken as one cycle


class Clock:
    """Virtual microseconds since power-up, and the hardware events still to come."""

    def __init__(self):
        self.power_up()
        self.scheduled = []  # soft interrupts raised while the VM was inside a call
        self._soft = 0  # of them, those that have a place in the VM's queue
        self.pace = None  # see pace.py: for a puck before which somebody sits
        self.outside = []  # called with the interrupts: who hears a wire (wire.py)
        self.is_held = False  # inside an event of the radio: interrupts wait
        self._events = []  # (us, sequence, callback), soonest first
        self._sequence = 0

    def power_up(self) -> None:
        """Count time, charges and losses from here."""
        self.us = 0
        self.idle_us = 0
        self.dropped = 0  # soft interrupts that found the VM's queue full
        self.charged_us = {kind: 0 for kind in KINDS}

    def now_us(self) -> int:
        """The present, with all that kernels have spent so far."""
        self._settle_kernels()
        return self.us

    def at(self, us: int, callback) -> None:
        """Call `callback()` when the clock reaches `us`, inside whatever then runs."""
        self._sequence += 1
        events = self._events
        i = len(events)
        while i and events[i - 1][0] > us:
            i -= 1
        events.insert(i, (us, self._sequence, callback))

    def cancel(self, callback) -> None:
        """Forget every coming event of `callback`."""
        self._events = [event for event in self._events if event[2] is not callback]

    def stop(self) -> None:
        """The puck's time is over: forget every coming event, and the interrupts that wait."""
        self._events = []
        self.scheduled = []
        self.outside = []

    def charge(self, kind: str, us: int) -> None:
        """Let `us` pass as work of `kind` (a key of `charged_us`)."""
        self._settle_kernels()
        self.charged_us[kind] += us
        self._pass(us)

    def wait(self, us: int) -> None:
        """Let `us` pass in a blocking sleep; soft interrupts run when it ends."""
        self._settle_kernels()
        end_us = self.us + us
        while self.pace and self.us < end_us:
            self._idle(self.pace.nap(self.us, end_us - self.us, False))
            self._listen()
        self._idle(end_us - self.us)
        self.interrupts()

    def doze(self, limit_us: int) -> None:
        """Let time pass to the next hardware event, at most `limit_us` (negative: no limit).

        None passes if an interrupt came while kernels were at work: it wakes at once. With a
        pace a key may end it, or what comes over a wire, too.
        """
        self._settle_kernels()
        if self.scheduled:
            self.interrupts()
            return
        events = self._events
        if not events and limit_us < 0 and self.outside:
            limit_us = _LONG_US  # somebody may yet come in
        if not events and limit_us < 0:
            raise RuntimeError("the simulated puck sleeps for ever: nothing is left to wake it")
        step = events[0][0] - self.us if events else limit_us
        if limit_us >= 0 and step > limit_us:
            step = limit_us
        if step > 0 and self.pace:
            step = self.pace.nap(self.us, step)
        self._idle(step)
        self.interrupts()

    def schedule(self, handler, argument) -> None:
        """Raise the soft interrupt `handler(argument)`: lost if eight others are waiting."""
        if self._soft == SCHEDULE_DEPTH:
            self.dropped += 1
            return
        self._soft += 1
        self.schedule_own(self._run_soft, (handler, argument))

    def schedule_own(self, handler, argument) -> None:
        """The same for what is not the VM's: it takes no place in its queue, and is never lost."""
        self.scheduled.append((handler, argument))

    def interrupts(self) -> None:
        """Run the soft interrupt handlers that are due, as the VM does between bytecodes, and
        hear whoever is outside.

        Never called while a flash operation runs: the ESP32 holds them back, too.
        """
        if self.is_held:
            return
        self._listen()
        while self.scheduled:
            handler, argument = self.scheduled.pop(0)
            handler(argument)

    def _listen(self):
        if not self.is_held:
            for hear in self.outside:
                hear()

    def _idle(self, us):
        if us > 0:
            self.idle_us += us
        self._pass(us if us > 0 else 0)

    def _run_soft(self, interrupt):
        self._soft -= 1  # as in the VM, the place is free before the handler runs
        handler, argument = interrupt
        handler(argument)

    def _settle_kernels(self):
        spent = meter.instructions[0]
        if spent >= CPU_MHZ:
            meter.instructions[0] = spent % CPU_MHZ
            self.charged_us["kernel"] += spent // CPU_MHZ
            self._pass(spent // CPU_MHZ)

    def _pass(self, us):
        end = self.us + us
        while self._events and self._events[0][0] <= end:
            when, _, callback = self._events.pop(0)
            if when > self.us:
                self.us = when
            callback()
        if end > self.us:
            self.us = end


clock = Clock()
