"""Frames between a simulated puck and a process of the desktop, over a socket of this machine.

A frame: length of the body (u16), kind (u8), body, little-endian. A wire that has broken carries
nothing any more, and says so (`is_lost`); it must never raise for that, for what is simulated
over it does not either.
"""

from struct import pack, unpack_from

import uselect
import usocket

DONE = 5  # the kind that answers

_TCP, _NO_DELAY = 6, 1  # Linux's own numbers, which the VM does not name
_HEAD = "<HB"
_HEAD_BYTES = 3
_CHUNK_BYTES = 65536


class Wire:
    """To who listens at `port` of this machine. OSError if nobody does."""

    def __init__(self, port: int):
        self.is_lost = False
        self._socket = usocket.socket()
        self._socket.connect(usocket.getaddrinfo("127.0.0.1", port)[0][-1])
        self._socket.setsockopt(_TCP, _NO_DELAY, 1)  # or each frame waits for the last one's ACK
        self._socket.setblocking(False)
        self._ready = uselect.poll()
        self._ready.register(self._socket, uselect.POLLIN)
        self._room = uselect.poll()
        self._room.register(self._socket, uselect.POLLOUT)
        self._got = b""
        self._frames = []  # that came, and nobody has taken

    @property
    def socket(self):
        """What a poll of the VM's own can wait for."""
        return self._socket

    def send(self, kind: int, body: bytes) -> None:
        """Send a frame, however long the other side takes for it."""
        frame = pack(_HEAD, len(body), kind) + body
        while frame and not self.is_lost:
            try:
                frame = frame[self._socket.write(frame) or 0 :]
            except OSError:
                self.is_lost = True
            if frame:
                self._room.poll(1000)

    def take(self):
        """The next frame, (kind, body), or None if none has come."""
        if not self._frames and self._ready.poll(0):
            self._fill()
        return self._frames.pop(0) if self._frames else None

    def forget(self) -> None:
        """Drop what has come, and nobody has taken."""
        self._frames = []

    def reply(self) -> bytes:
        """Wait for DONE, and keep what else comes; its body. Empty if the wire breaks."""
        seen = 0
        while True:
            for i in range(seen, len(self._frames)):
                if self._frames[i][0] == DONE:
                    return self._frames.pop(i)[1]
            if self.is_lost:
                return b""
            seen = len(self._frames)
            self._ready.poll(1000)
            self._fill()

    def _fill(self):
        try:
            some = self._socket.read(_CHUNK_BYTES)
        except OSError:
            some = b""
        if some is None:
            return
        self.is_lost = not some
        self._got += some
        self._split()

    def _split(self):
        got, at = self._got, 0
        while len(got) - at >= _HEAD_BYTES:
            length, kind = unpack_from(_HEAD, got, at)
            end = at + _HEAD_BYTES + length
            if end > len(got):
                break
            self._frames.append((kind, got[at + _HEAD_BYTES : end]))
            at = end
        self._got = got[at:]
