"""One check at a time: threads wait together for servers and disks, and judge files one after the other.

What is remembered from file to file (``memo``, the references of headers, the observed rules) is written without locks.
A check holds the turn and gives it away while it waits for bytes, so no other thread sees it in the middle of a change.
Python runs one thread at a time anyway, so nothing is lost by it.
"""

import os
from _thread import allocate_lock, get_ident
from typing import Final


class _Turn:
    """A lock that its holder may take again; ``with TURN`` is a check."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with the turn free, as a process that was forked from one with threads must."""
        self._lock = allocate_lock()
        self._holder = 0
        self._depth = 0

    def __enter__(self) -> None:
        me = get_ident()
        if self._holder != me:
            self._lock.acquire()
            self._holder = me
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._holder = 0
            self._lock.release()

    def give(self) -> int:
        """Let others go on; return how often this thread holds the turn, 0 where it does not."""
        if self._holder != get_ident():
            return 0
        depth, self._depth, self._holder = self._depth, 0, 0
        self._lock.release()
        return depth

    def take(self, depth: int) -> None:
        """Hold the turn again as before it was given away."""
        if depth:
            self._lock.acquire()
            self._holder, self._depth = get_ident(), depth


TURN: Final = _Turn()
"""The turn of this process."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=TURN.reset)


class Waiting:
    """A context in which the thread waits for something and others go on."""

    __slots__ = ("_depth",)

    def __enter__(self) -> None:
        self._depth = TURN.give()

    def __exit__(self, *_: object) -> None:
        TURN.take(self._depth)
