"""Stretches of one remote object, requested until they come: requests are counted, and it must stay the same object."""

import random
import time
from collections.abc import Callable, Iterator
from errno import EIO, ESTALE, ETIMEDOUT
from typing import TYPE_CHECKING, Any, TypeVar

from jwstprod_check.findings import Traffic
from jwstprod_check.storage import client
from jwstprod_check.storage.client import RemoteError, as_remote_errors, is_lasting, open_store
from jwstprod_check.storage.urls import parse
from jwstprod_check.turns import Waiting

if TYPE_CHECKING:
    from obstore import GetResult, ObjectMeta
    from obstore.store import ObjectStore

T = TypeVar("T")


class RemoteObject:
    """An object of a bucket or a web server; ``size`` is known from the first answer on, -1 before.

    Every method raises ``RemoteError`` where the object cannot be read, with what was asked for until then.
    """

    def __init__(self, url: str, store: "ObjectStore | None" = None) -> None:
        self._address = parse(url)
        self._given = store
        self.size = -1
        self.changed = ""
        self.requests = 0
        self.bytes = 0
        self._identity: tuple[Any, ...] | None = None
        self._if_match: str | None = None

    @property
    def traffic(self) -> Traffic:
        """What was asked for, and what came."""
        return Traffic(self.requests, self.bytes)

    @property
    def entity(self) -> str:
        """What identifies the object: its size, and its ETag or else when it was changed; '' where the server states neither."""
        return "" if self._identity is None else _entity(*self._identity)

    def head(self) -> str:
        """Return what identifies the object, from a request without its bytes; asked once, whatever goes wrong."""

        def ask() -> "ObjectMeta":
            from obstore import head

            self.requests += 1
            return head(self._given or open_store(self._address), self._address.key)

        return _entity(*_identity(self._wait(ask)))

    def get(self, start: int, stop: int) -> bytes:
        """Bytes of a stretch, all that there are of it."""
        return self._persistently(lambda: self._get(start, stop))

    def measure(self) -> int:
        """Size in bytes, from an answer that is not read further."""
        self._persistently(lambda: self._wait(lambda: self._ask(0, None)))
        return self.size

    def stream(self, start: int) -> Iterator[memoryview]:
        """Bytes from a place to the end, in pieces; a stream that breaks goes on with another request."""
        at = start
        broken = 0
        begun = time.monotonic()
        while at < self.size:
            before = at
            try:
                for piece in self._pieces(at, None):
                    at += len(piece)
                    yield piece
                if at < self.size:
                    raise self._with_traffic(RemoteError(EIO, "the connection was broken off"))
            except RemoteError as error:
                if at - before >= client.PATIENCE.least:
                    broken, begun = 0, time.monotonic()
                broken += 1
                self._pause(error, broken, begun)

    def _get(self, start: int, stop: int) -> bytes:
        pieces = list(self._pieces(start, stop))
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if len(data) != min(stop, self.size) - start:
            raise RemoteError(EIO, "the connection was broken off")
        return bytes(data)

    def _pieces(self, start: int, stop: int | None) -> Iterator[memoryview]:
        """One request and its answer. The turn of the thread is given away while it waits."""
        answer = self._wait(lambda: self._ask(start, stop))
        wanted = answer.range[1] - start
        if answer.range[0] != start:
            raise RemoteError(EIO, "the server sends other bytes than were asked for")
        # Pieces are taken as they come: of larger ones nobody would know how slowly they do.
        parts = iter(answer.stream(min_chunk_size=1))
        done = 0
        clock = time.monotonic()
        mark = 0
        while done < wanted:
            part = self._wait(lambda: next(parts, None))
            if part is None:
                return
            view = memoryview(part)[: wanted - done]
            done += len(view)
            self.bytes += len(view)
            yield view
            if time.monotonic() - clock > client.PATIENCE.slow:
                if done - mark < client.PATIENCE.least and done < wanted:
                    raise RemoteError(ETIMEDOUT, "the server is too slow")
                clock, mark = time.monotonic(), done

    def _ask(self, start: int, stop: int | None) -> "GetResult":
        store = self._given or open_store(self._address)
        from obstore import get

        options: dict[str, Any] = {}
        if stop is not None:
            options["range"] = (start, stop)
        elif start:
            options["range"] = {"offset": start}
        if self._if_match is not None:
            options["if_match"] = self._if_match
        self.requests += 1
        answer = get(store, self._address.key, options=options)  # type: ignore[arg-type]
        self._same(answer)
        return answer

    def _same(self, answer: "GetResult") -> None:
        """Note which object answers, or raise where it is not the one that answered before."""
        meta = answer.meta
        identity = _identity(meta)
        if self._identity is None:
            self._identity = identity
            self.size = meta["size"]
            tag = meta["e_tag"]
            # A weak tag matches nothing (RFC 9110, section 13.1.1); it is compared when the answer comes.
            self._if_match = None if tag is None or tag.startswith("W/") else tag
        elif identity != self._identity:
            raise RemoteError(ESTALE, "another object took its place while it was read")

    def _wait(self, work: Callable[[], T]) -> T:
        with as_remote_errors(self._address), Waiting():
            return work()

    def _persistently(self, work: Callable[[], T]) -> T:
        begun = time.monotonic()
        tried = 0
        while True:
            try:
                return work()
            except RemoteError as error:
                tried += 1
                self._pause(error, tried, begun)

    def _pause(self, error: RemoteError, tried: int, begun: float) -> None:
        """Wait before the next attempt; raise the error where there is none."""
        patience = client.PATIENCE
        if error.errno == ESTALE:
            self.changed = error.strerror or ""
        if is_lasting(error) or tried >= patience.attempts or time.monotonic() - begun > patience.total:
            if tried > 1 and not is_lasting(error):
                error.strerror = f"{error.strerror}; asked {tried} times"
            raise self._with_traffic(error)
        with Waiting():
            time.sleep(patience.pause * 3 ** (tried - 1) * random.uniform(0.5, 1))  # noqa: S311 - spreads clients in time

    def _with_traffic(self, error: RemoteError) -> RemoteError:
        error.traffic = self.traffic
        return error


def _identity(meta: "ObjectMeta") -> tuple[int, str | None, Any]:
    """Size, ETag, and without one when the object was changed."""
    return meta["size"], meta["e_tag"], meta["last_modified"] if meta["e_tag"] is None else None


def _entity(size: int, tag: str | None, changed: Any) -> str:
    return f"{size} {tag or changed.isoformat()}" if tag or changed else ""
