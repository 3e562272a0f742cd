"""A stream of notifications, for the tests of the radio: in the VM, beside radio_vm.py."""

import asyncio

waited = 0


async def send(ble, conn_handle, handle, count, size):
    """Notify `count` times, each with its number and zeros; wait whenever NimBLE is full."""
    global waited
    for i in range(count):
        data = i.to_bytes(4, "little") + bytes(size - 4)
        while True:
            try:
                ble.gatts_notify(conn_handle, handle, data)
                break
            except OSError:
                waited += 1
                await asyncio.sleep_ms(5)


def fill(ble, conn_handle, handle, size):
    """Notify until it is refused, and let nobody else do anything: [how often, error number]."""
    count = 0
    while True:
        try:
            ble.gatts_notify(conn_handle, handle, bytes(size))
        except OSError as error:
            return [count, error.errno]
        count += 1
