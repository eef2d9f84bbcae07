"""A file whose bytes are in memory."""

from jwstprod_check.storage.source import Source


class MemorySource(Source):
    """Bytes in memory, under a name to report."""

    def __init__(self, data: bytes, name: str = "") -> None:
        self.name = name
        self.stored = len(data)
        self._data = data
        self._view = memoryview(data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]

    def read_into(self, offset: int, buffer: memoryview) -> int:
        piece = self._view[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)
