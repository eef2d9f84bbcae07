"""The only memory of the program: what is known is not computed again.

There are four kinds, by what a value depends on: the bytes of a header, some of its cards, the structure of a file, one
file. Their keys are functions defined at the top of a module, with arguments where they have any, so that two questions
can never share an answer by having the same name. ``NoMemo`` switches all of it off; the reports are the same.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from types import TracebackType
from typing import Any, Final, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class _Switch:
    """Whether anything is remembered; ``forget`` empties what the process has kept."""

    def __init__(self) -> None:
        self.on = True
        self.forget: list[Callable[[], None]] = []


SWITCH: Final = _Switch()
_UNKNOWN: Final[Any] = object()


class NoMemo:
    """A context in which nothing is remembered, for tests that compare the reports with it and without it."""

    def __enter__(self) -> None:
        forget()
        SWITCH.on = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        SWITCH.on = True


def forget() -> None:
    """Empty all that was kept from file to file."""
    for clear in SWITCH.forget:
        clear()


class Memo:
    """Values of functions of one subject, which is handed in with each question.

    ``known`` has them by function, or by function and arguments.

    Raises ``TypeError`` for a function defined inside another one: it is a new key each time.
    """

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[Hashable, Any] = {}

    def get(self, derive: Callable[..., T], subject: object, *args: Hashable) -> T:
        """Value of ``derive(subject, *args)``, computed once."""
        key = (derive, args) if args else derive
        known: T = self.known.get(key, _UNKNOWN)
        if known is not _UNKNOWN:
            return known
        value = derive(subject, *args)
        if SWITCH.on:
            if derive not in _KEYS:
                check_key(derive)
            self.known[key] = value
        return value


_KEYS: Final[set[Callable[..., Any]]] = set()
"""Functions that are known to be keys."""


def check_key(derive: Callable[..., Any]) -> None:
    """Raise ``TypeError`` for a function that cannot be the key of a memory."""
    if "<" in getattr(derive, "__qualname__", "<"):
        raise TypeError(f"{derive!r} is no function defined at the top of a module, so nothing can be remembered by it")
    _KEYS.add(derive)


class Values(dict[K, T]):
    """Values of a function of one argument by that argument, for what is looked up for every card of a file.

    A look-up takes a third of the time of a call. It begins anew after ``most`` values.
    """

    __slots__ = ("_derive", "_most")

    def __init__(self, derive: Callable[[K], T], most: int) -> None:
        super().__init__()
        self._derive = derive
        self._most = most
        SWITCH.forget.append(self.clear)

    def __missing__(self, key: K) -> T:
        value = self._derive(key)
        if SWITCH.on:
            if len(self) >= self._most:
                self.clear()
            self[key] = value
        return value


def by_value(most: int) -> Callable[[F], F]:
    """Remember the last ``most`` values of a function of its arguments alone."""

    def made(function: F) -> F:
        kept = lru_cache(most)(function)
        SWITCH.forget.append(kept.cache_clear)

        @wraps(function)
        def recall(*args: Any) -> Any:
            return kept(*args) if SWITCH.on else function(*args)

        return recall  # type: ignore[return-value]

    return made
