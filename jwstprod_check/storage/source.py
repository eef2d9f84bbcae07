"""What a source of bytes offers, whatever it reads from: a local file, memory, a gzip stream, a remote object.

Offsets are those of the *inflated* file. Nothing is ever written to what is read.
"""

from types import TracebackType
from typing import Final, Self

from jwstprod_check.findings import Traffic

GZIP_MAGIC: Final = b"\x1f\x8b"
"""What every gzip stream begins with."""

CHECKSUM: Final = "incorrect data check"
LENGTH: Final = "incorrect length check"
SUMS: Final = (CHECKSUM, LENGTH)
"""What zlib says of a member that could be inflated whole, after which the sums at its end were not those of its bytes."""


class Source:
    """Bytes at offsets; a backend implements ``read`` and whatever else differs.

    ``name`` is what a report calls the source and ``stored`` its size where it is kept, in bytes. Where ``seekable`` is
    False, offsets must not decrease until ``rewind`` is called. ``packing`` is the name of the compression that is
    undone, '' for none, and ``endings`` are those that the name of such a file has.

    ``fault`` states why a packed stream could not be followed to its end: ``truncated``, ``corrupt: REASON``, ``bomb``
    or ``members``, '' where it could so far. ``trailing`` counts the bytes after the end of the packed stream.
    """

    name: str
    stored: int
    seekable: bool = True
    packing: str = ""
    endings: tuple[str, ...] = ()
    fault: str = ""
    trailing: int = 0

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer only at the end."""
        raise NotImplementedError

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer with bytes from ``offset`` and return how many there were; fewer only at the end."""
        data = self.read(offset, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def size(self) -> int:
        """Bytes of the inflated file, found by reading to the end where need be."""
        return self.stored

    def rewind(self) -> None:
        """Let reading begin at the front again; from here on it goes forward, to the end."""

    def changed(self) -> str:
        """Return how the file changed since it was opened, '' where it did not."""
        return ""

    def traffic(self) -> Traffic | None:
        """What a server was asked for, None where there is none."""
        return None

    def entity(self) -> str:
        """What identifies a remote object among those that had its place, '' for any other source."""
        return ""

    def close(self) -> None:
        """Release what is held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
