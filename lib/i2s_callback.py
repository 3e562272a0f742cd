"""The one callback that an I2S of the ESP32 may be given in its life.

Each `irq` makes the port forget a queue and a task for ever; `irq(None)` deletes its task in
mid-transfer, and with it a semaphore that each later transfer waits for
(ports/esp32/machine_i2s.c; i2s_common.c of the IDF). So it is asked once, even if it fails.
"""


class Callback:
    """`function(i2s)`, to be called at the end of each transfer of `i2s`."""

    def __init__(self, i2s, function):
        self._i2s = i2s
        self._function = function
        self._was_given = False
        self._fault = ""

    def give(self) -> str:
        """Give it, if that has not been tried; why the port could not take it, or ""."""
        if not self._was_given:
            self._was_given = True
            try:
                self._i2s.irq(self._function)
            except RuntimeError as error:  # no memory for its task
                self._fault = str(error)
        return self._fault
