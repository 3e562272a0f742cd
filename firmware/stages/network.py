"""The sleep network: a committee of small dilated convolutions over the night's epochs.

Each lane is a net of its own: the inputs make channels, blocks look ever further around,
and four answers come out; those of all lanes are added. Epochs come one by one, and what
must be seen again lies in rings. Integers only; nothing is allocated per epoch.

A lane follows Bai et al. 2018 (doi 10.48550/arXiv.1803.01271), with the convolutions made
depthwise behind a bottleneck (Sandler et al. 2018, doi 10.48550/arXiv.1801.04381).
"""

from array import array

from micropython import const

from firmware.stages.network_kernels import convolve, dense, remember

CLASSES = const(4)
_NO_FLOOR = const(-(1 << 29))
_BIAS_BYTES = const(3)


class Network:
    """Lanes side by side. `lanes` are a score's in model.py, whose layout is told there."""

    def __init__(self, lanes):
        self.answers = _zeros(CLASSES)  # of the latest epoch: 256 log2 of their odds
        self._lanes = [_Lane(lane, self.answers) for lane in lanes]

    def step(self, inputs) -> bool:
        """Take the next epoch's inputs, or None after the last; True if `answers` are new.

        A network that looks ahead gives its first answers that much later, and the rest
        for None.
        """
        _clear(self.answers)
        is_new = False
        for lane in self._lanes:
            is_new = lane.step(inputs)
        return is_new


class _Lane:
    """From inputs to channels, through the blocks, to the answers."""

    def __init__(self, weights, answers):
        into, blocks, out = weights
        self._into = _Dense(into)
        self._channels = _zeros(self._into.outputs)
        self._next = _Out(out, answers)
        for block in reversed(blocks):
            self._next = _Block(block, self._next)

    def step(self, inputs):
        if inputs is None:
            return self._next.step(None)
        _clear(self._channels)
        self._into.add(inputs, self._channels, 0)
        return self._next.step(self._channels)


class _Block:
    """Adds to an epoch's channels what the epochs around it say.

    Of each epoch few numbers are remembered; their convolution is what is added. Before the
    first epoch and after the last the night is taken to stay as it is there.
    """

    def __init__(self, weights, following):
        reduce, dilation, ahead, self._taps, expand = weights
        self._reduce, self._expand = _Dense(reduce), _Dense(expand)
        few = self._reduce.outputs
        self._few, self._sums = _zeros(few), _zeros(few)
        self._count = len(self._taps) // few
        self._step = dilation * few
        self._ring = bytearray((self._count - 1) * self._step + few)
        self._oldest = 0  # where in the ring
        self._delay = _Delay(ahead, self._expand.outputs)
        self._ahead = ahead
        self._seen = self._owed = 0  # epochs taken, and those of them not handed on yet
        self._next = following

    def step(self, channels):
        """Take an epoch's channels, or None after the last; True if an answer came out."""
        if channels is not None:
            _clear(self._few)
            self._reduce.add(channels, self._few, 0)
            self._owed += 1
        elif not self._owed:
            return self._next.step(None)
        delayed = self._delay.step(channels)
        self._remember()
        if self._seen <= self._ahead:
            return False
        self._owed -= 1
        convolve(
            self._ring,
            self._taps,
            self._sums,
            len(self._sums),
            self._count,
            self._oldest,
            self._step,
        )
        self._expand.add(self._sums, delayed, 0)
        return self._next.step(delayed)

    def _remember(self):
        """Put the latest few into the ring: the first time everywhere."""
        ring, few = self._ring, len(self._few)
        if not self._seen:
            for at in range(few, len(ring), few):
                remember(self._few, ring, at, few)
        remember(self._few, ring, self._oldest, few)
        self._oldest = (self._oldest + few) % len(ring)
        self._seen += 1


class _Delay:
    """Hands an epoch's channels on `epochs` steps later."""

    def __init__(self, epochs, wide):
        self._ring = bytearray((epochs + 1) * wide if epochs else 0)
        self._row = _zeros(wide)
        self._at = 0

    def step(self, channels):
        """Take an epoch's channels, or None; those of that time, to be changed by the caller."""
        ring, row = self._ring, self._row
        if not ring:
            return channels
        if channels is not None:
            remember(channels, ring, self._at, len(row))
        self._at = (self._at + len(row)) % len(ring)
        for i in range(len(row)):
            row[i] = ring[self._at + i]
        return row


class _Out:
    """Adds a lane's answers to those of the committee."""

    def __init__(self, weights, answers):
        self._dense = _Dense(weights)
        self._answers = answers

    def step(self, channels):
        if channels is None:
            return False
        self._dense.add(channels, self._answers, _NO_FLOOR)
        return True


class _Dense:
    """A dense layer: `(outputs, shift, weights)` as `network_kernels.dense` wants them."""

    def __init__(self, layer):
        self.outputs, self._shift, self._weights = layer
        self._inputs = len(self._weights) // self.outputs - _BIAS_BYTES

    def add(self, x, y, floor):
        dense(x, self._weights, y, self._inputs, self.outputs, self._shift, floor)


def _zeros(count):
    return array("i", bytes(4 * count))


def _clear(row):
    for i in range(len(row)):
        row[i] = 0
