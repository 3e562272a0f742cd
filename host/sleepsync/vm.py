"""The real MicroPython VM, from the desktop: run a program in it, or call into it.

The VM runs the tree that `sleepsync.build` lays out, with the simulated puck ahead
of its built-in modules. Nothing of the firmware is run by CPython.
"""

import json
import os
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sleepsync.boards import REFERENCE
from sleepsync.build import build
from sleepsync.paths import ROOT

_HEAP = "heapsize=96M"  # the simulator's own needs; the firmware's are measured elsewhere
_RUNNER_32 = ROOT / "host" / "vm32" / "run.mjs"
_HEAP_BYTES_32 = 2_000_000  # the VM's, simulator included
_VM = Path(sys.executable).with_name("micropython")


class VmError(Exception):
    """Code in the VM raised: the message says what, the VM's log says where."""


def command(*arguments: str, board: str = REFERENCE) -> tuple[list[str], dict[str, str]]:
    """(argument vector, environment) that run a program of the simulator in the built tree."""
    tree = build("unix", board=board)
    path = [tree / "hw" / "sim", tree, tree / "lib"]
    env = dict(os.environ, MICROPYPATH=":".join([*map(str, path), ".frozen"]))
    return [str(_VM), "-X", _HEAP, *arguments], env


def program(name: str, board: str = REFERENCE) -> str:
    """The path of a program of the simulator, e.g. "night"."""
    return str(build("unix", board=board) / "hw" / "sim" / f"{name}.py")


def lines(name: str, *arguments: str, board: str = REFERENCE) -> Iterator[str]:
    """Run a program of the simulator on a board's pins; its lines as they come.

    VmError if it fails.
    """
    argv, env = command(program(name, board), *arguments, board=board)
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as vm:
        assert vm.stdout
        tail: list[str] = []
        for raw in vm.stdout:
            tail = [*tail[-30:], raw.decode(errors="replace").rstrip("\r\n")]
            yield tail[-1]
    if vm.returncode:
        raise VmError(f"the VM ended with {vm.returncode}; it last said:\n" + "\n".join(tail))


def lines_in_32_bits(program: str, *arguments: str, folders: tuple[Path, ...] = ()) -> list[str]:
    """Run a program of the simulator in the 32-bit VM, where kernels are plain Python; its lines.

    `folders` are copied into it: the first as /3, and so on. The program ends with a function
    `step`, called until it says False. VmError if it fails.
    """
    tree = build("wasm")
    path = ":".join(map(str, (tree / "hw" / "sim", tree, tree / "lib", *folders)))
    argv = ["node", str(_RUNNER_32), str(_HEAP_BYTES_32), path, program, *arguments]
    ended = subprocess.run(argv, capture_output=True, text=True)
    if ended.returncode:
        raise VmError(f"the 32-bit VM failed (is it installed? make setup):\n{ended.stdout}")
    return ended.stdout.splitlines()


class Worker:
    """A VM that stays, for thousands of calls a second. Use it as a context manager.

    `is_heard`: what it prints goes to standard error. Where power is cut in it, that is of no use:
    the collector complains of each file that could not be closed any more.
    """

    def __init__(self, board: str = REFERENCE, is_heard: bool = True) -> None:
        self._is_heard = is_heard
        argv, env = command(program("worker", board), board=board)
        self._vm = subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the VM."""
        assert self._vm.stdin
        self._vm.stdin.close()
        self._vm.wait(timeout=10)

    def call(self, function: str, *args: Any) -> Any:
        """The value of `function` ("module:name") for `args`: integers, strings, lists,
        dicts, bytes, arrays. VmError if it raises.
        """
        return _decode(self._ask(function, args, in_place=False)["value"])

    def call_in_place(self, function: str, *args: Any) -> tuple[Any, list[Any]]:
        """(value, arguments as the call left them): for kernels, which write in place."""
        answer = self._ask(function, args, in_place=True)
        return _decode(answer["value"]), _decode(answer["args"])

    def _ask(self, function: str, args: tuple, in_place: bool) -> dict:
        request = {"call": function, "args": _encode(list(args)), "in_place": in_place}
        answer = self._exchange(json.dumps(request))
        if "error" in answer:
            raise VmError(f"{function}: {answer['type']}: {answer['error']}")
        return answer

    def _exchange(self, request: str) -> dict:
        assert self._vm.stdin and self._vm.stdout
        body = request.encode()
        self._vm.stdin.write(b"%08x%s" % (len(body), body))
        self._vm.stdin.flush()
        while (byte := self._vm.stdout.read(1)) != b"\0":
            if not byte:
                raise VmError(f"the VM died with {self._vm.wait()} over {request[:200]}")
            if self._is_heard:
                sys.stderr.write(byte.decode("latin-1"))
        return json.loads(self._vm.stdout.read(int(self._vm.stdout.read(8), 16)))


def _encode(value: Any) -> Any:
    if isinstance(value, array):
        return {"array": value.typecode, "of": value.tolist()}
    if isinstance(value, bytes | bytearray):
        return {"bytes": value.hex()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if isinstance(value, dict):
        if "array" in value:
            return array(value["array"], value["of"])
        if "bytes" in value:
            return bytes.fromhex(value["bytes"])
        return {key: _decode(item) for key, item in value.items()}
    return value
