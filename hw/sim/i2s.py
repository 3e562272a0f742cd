"""`machine.I2S` on the simulated puck: DMA that goes on by itself, and the port's own task.

Blocking and non-blocking transfers are the ESP32 port's (ports/esp32/machine_i2s.c). What
the firmware does not use (asyncio streams, 16 bits in, stereo) is not here, so that using
it fails loudly. The parts on its wires are in `table.i2s`; it must never know a driver.
"""

from array import array

from clock import clock
from table import table
from uctypes import addressof, bytearray_at

DMA_FRAMES = 256  # DMA_BUF_LEN_IN_I2S_FRAMES: the queue is made of buffers this long
_RX_FRAME_BYTES = 8  # `ibuf` counts both slots of 32 bits, of which one is kept
_TX_FRAME_BYTES = 2
_QUEUED = 2  # transfers: one under way, one in the port's queue; a third it would drop unseen

# The port's task takes a frame apart byte by byte; what is sent goes out by memcpy. A
# buffer costs it a wait for the driver's queue. Judged from its C, at 240 MHz.
_RX_CYCLES_A_FRAME = 64
_TX_CYCLES_A_FRAME = 2
_CYCLES_A_TRANSFER = 2400
_CYCLES_A_US = 240


def _held_us():
    """What has been spent in which the port's task cannot run."""
    return clock.charged_us["flash"] + clock.charged_us["collect"]


class _Stream:
    """Frames that pass by since `start_us`, at `rate_hz`, and the transfers waiting for them.

    A subclass gives `_due_us() -> int`: when the first of `_waiting` can be done.
    """

    def __init__(self, part, rate_hz: int, frames: int):
        self._part = part
        self._rate_hz = rate_hz
        self._capacity = frames
        self._start_us = clock.us
        self._waiting = []
        self._spent_us = _held_us()
        self._alarm = self._on_time
        self._is_planned = False
        self.handler = None  # (function, I2S)

    def add(self, buf) -> None:
        """Take a transfer; with no handler, wait for its end."""
        if len(self._waiting) == _QUEUED:
            raise RuntimeError("a third I2S transfer: the ESP32 would lose it without a word")
        self.serve()
        self._waiting.append(buf)
        self.serve()
        while self.handler is None and self._waiting:
            clock.wait(max(1, self._due_us() - clock.us))

    def cancel(self) -> None:
        """Forget what waits."""
        self._forget_plan()
        self._waiting = []

    def _frame(self):
        return (clock.us - self._start_us) * self._rate_hz // 1000000

    def _us_of(self, frame):
        return self._start_us - (-frame * 1000000 // self._rate_hz)

    def _stalled(self):
        """Frames that passed while the port's task was held back, since the last look."""
        spent_us, self._spent_us = self._spent_us, _held_us()
        return (self._spent_us - spent_us) * self._rate_hz // 1000000

    def _plan(self):
        self._forget_plan()
        if self._waiting:
            self._is_planned = True
            clock.at(self._due_us(), self._alarm)

    def _forget_plan(self):
        if self._is_planned:
            self._is_planned = False
            clock.cancel(self._alarm)

    def _on_time(self):
        self._is_planned = False
        clock.schedule_own(_serve, self)  # the port's task has no place in the VM's queue

    def _done(self, cycles):
        """The first transfer is over: charge it, call the handler."""
        self._waiting.pop(0)
        clock.charge("i2s", -(-(_CYCLES_A_TRANSFER + cycles) // _CYCLES_A_US))
        if self.handler:
            clock.schedule(*self.handler)


def _serve(stream):
    stream.serve()


class Receiver(_Stream):
    """What comes in: one buffer is being filled, the others hold the newest frames.

    With a read under way the port's task empties them at once; a flash operation or a
    collection holds it back, and what does not fit meanwhile is lost. All that was held
    back since the last look counts as one stall.
    """

    def __init__(self, part, rate_hz: int, ibuf: int):
        buffers = ibuf // (DMA_FRAMES * _RX_FRAME_BYTES)
        super().__init__(part, rate_hz, (buffers - 1) * DMA_FRAMES)
        self._next = 0  # the first frame that nobody has fetched

    def serve(self) -> None:
        """Do what can be done by now."""
        self._overflow()
        while self._waiting and self._due_us() <= clock.us:
            words = memoryview(self._waiting[0])
            if self._part:
                self._part.fill(self._start_us, self._next, words)
            else:
                _zero(words)
            self._next += len(words)
            self._done(len(words) * _RX_CYCLES_A_FRAME)
        self._plan()

    def _overflow(self):
        held = self._frame() // DMA_FRAMES * DMA_FRAMES - self._next
        stalled = self._stalled()
        over = (min(held, stalled) if self._waiting else held) - self._capacity
        if over > 0:
            over = -(-over // DMA_FRAMES) * DMA_FRAMES
            self._next += over
            if self._part:
                self._part.unread += over
                self._part.torn += over if self._waiting else 0

    def _due_us(self):
        last = self._next + len(self._waiting[0])
        return self._us_of(-(-last // DMA_FRAMES) * DMA_FRAMES)


def _zero(words):
    for i in range(len(words)):
        words[i] = 0


class Sender(_Stream):
    """What goes out: the port's task keeps the DMA's buffers full while there is something.

    When they have run empty, silence goes out.
    """

    def __init__(self, part, rate_hz: int, ibuf: int):
        buffers = ibuf // (DMA_FRAMES * _TX_FRAME_BYTES)
        super().__init__(part, rate_hz, buffers * DMA_FRAMES)
        self._ring = b""
        self._written = 0  # bytes of the first transfer that are in the ring
        self._now = 0  # frames sent so far
        if part:
            part.source = self

    def add(self, buf) -> None:
        """Take a transfer, which is read while it goes out: to overwrite it is heard."""
        size = len(buf) * 2 if isinstance(buf, array) else len(buf)
        super().add(bytearray_at(addressof(buf), size))

    def serve(self) -> None:
        """Bring what has gone out up to the present."""
        passed = self._frame() - self._now
        stalled = min(passed, self._stalled())
        self._send(passed - stalled, True)
        self._refill()
        self._send(stalled, False)
        self._refill()
        self._plan()

    def cancel(self) -> None:
        """Forget what waits; what is in the ring goes out."""
        self.serve()
        self._written = 0
        super().cancel()

    def _send(self, frames, may_refill):
        end = self._now + frames
        while self._now < end:
            if may_refill:
                self._refill()
            count = min(end - self._now, len(self._ring) // 2)
            if not count:
                self._now = end
                break
            if self._part:
                self._part.play(self._us_of(self._now), self._ring[: 2 * count])
            self._ring = self._ring[2 * count :]
            self._now += count

    def _refill(self):
        while self._waiting:
            room = self._capacity * 2 - len(self._ring)
            buf = memoryview(self._waiting[0])
            chunk = bytes(buf[self._written : self._written + room])
            self._ring += chunk
            self._written += len(chunk)
            if self._written < len(buf):
                return
            self._written = 0
            self._done(len(buf) // 2 * _TX_CYCLES_A_FRAME)

    def _due_us(self):
        missing = len(self._waiting[0]) - self._written
        over = len(self._ring) // 2 + missing // 2 - self._capacity
        return self._us_of(self._now + max(over, 0))


class I2S:
    """An I2S controller with one part on its wires."""

    RX = 1
    TX = 2
    MONO = 0
    STEREO = 1

    def __init__(self, id: int, *, sck, ws, sd, mode: int, bits: int, format: int, rate, ibuf: int):
        if (mode, bits, format) not in ((I2S.RX, 32, I2S.MONO), (I2S.TX, 16, I2S.MONO)):
            raise ValueError("only 32 bits in and 16 bits out, mono, are simulated")
        frame_bytes = _RX_FRAME_BYTES if mode == I2S.RX else _TX_FRAME_BYTES
        if ibuf < 2 * DMA_FRAMES * frame_bytes:
            raise OSError("ESP_ERR_INVALID_ARG")  # fewer than two DMA buffers
        kind = Receiver if mode == I2S.RX else Sender
        self._mode = mode
        self._stream = kind(table.i2s.get(id), rate, ibuf)

    def irq(self, handler) -> None:
        """From now on transfers return at once, and `handler(i2s)` is called at the end of each.

        RuntimeError for what the ESP32 takes without a word. A second handler gets a queue and
        a task of its own, and the first ones are never freed. None deletes the task in
        mid-transfer, with the channel's semaphore taken, and later transfers hang.
        """
        if handler is None:
            raise RuntimeError("no I2S handler: the ESP32 would end its task in mid-transfer")
        if self._stream.handler:
            raise RuntimeError("a second I2S handler: the ESP32 would leak a task")
        self._stream.handler = (handler, self)

    def readinto(self, buf) -> int:
        """Fill `buf` (32-bit words)."""
        return self._transfer(I2S.RX, buf)

    def write(self, buf) -> int:
        """Send `buf` (16-bit samples)."""
        return self._transfer(I2S.TX, buf)

    def deinit(self) -> None:
        """Stop the clocks; it cannot be used any more."""
        self._stream.cancel()
        self._stream = None

    def _transfer(self, mode, buf):
        if mode != self._mode:
            raise OSError(1)  # EPERM
        self._stream.add(buf)
        return len(memoryview(buf)) * (4 if mode == I2S.RX else 1)
