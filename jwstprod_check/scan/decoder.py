"""The reader that decompresses tile-compressed images, here or in a process of its own.

Rice's code is decoded in C that looks for the end of its input only between blocks of pixels: a broken tile has it read on
through the memory after the tile, until the process is stopped. So it decodes in a child, whose end is a finding.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


SCRIPT: Final = __file__
_READY: Final = b"ready\n"


class NoDecoderError(Exception):
    """No process could be started to decode in."""


class DecoderEndedError(Exception):
    """The decoding process ended early."""


def sections(fits: bytes, places: int, step: int) -> "Iterator[Array]":
    """Pixels of the compressed image in the first extension, ``step`` of the ``places`` of its last axis at a time.

    Raises the errors of the reader.
    """
    from io import BytesIO

    import numpy as np
    from astropy.io import fits as reader

    with reader.open(BytesIO(fits), memmap=False) as hdus:
        image = hdus[1]
        for first in range(0, places, step):
            pixels = np.asarray(image.section[first : first + step])
            yield np.ascontiguousarray(pixels, pixels.dtype.newbyteorder("=")).reshape(-1)


def sections_from_child(fits: bytes, places: int, step: int) -> "Iterator[Array]":
    """Return the same, decoded in a process of its own.

    Raises ``NoDecoderError`` where none can be started, ``DecoderEndedError`` where it ends early.
    """
    # -P prevents modules of this folder from shadowing others of the same name.
    command = [sys.executable, "-P", SCRIPT, str(places), str(step)]
    try:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own module
    except OSError as error:
        raise NoDecoderError(str(error)) from error
    with child:
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise NoDecoderError("no pipes")
        if child.stdout.readline() != _READY:
            raise NoDecoderError((child.stderr.read().decode("utf-8", "replace").splitlines() or ["no reason"])[-1])
        try:
            with child.stdin as pipe:
                pipe.write(fits)
            for _ in range(0, places, step):
                yield _received(child.stdout)
        except (BrokenPipeError, EOFError):
            said = child.stderr.read().decode("utf-8", "replace").splitlines()
            status = child.wait()
            reason = f"the decoder was stopped by signal {-status}" if status < 0 else (said or ["no reason"])[-1]
            raise DecoderEndedError(reason) from None
        finally:
            child.kill()


def _received(stream: IO[bytes]) -> "Array":
    """Read pixels: a line with their type and count, then their bytes; raises ``EOFError``."""
    import numpy as np

    line = stream.readline().split()
    if len(line) != 2:
        raise EOFError
    dtype = np.dtype(line[0].decode())
    data = stream.read(int(line[1]) * dtype.itemsize)
    if len(data) < int(line[1]) * dtype.itemsize:
        raise EOFError
    return np.frombuffer(data, dtype)


def main() -> None:
    """Decode stdin to stdout; the arguments are ``places`` and ``step``."""
    import warnings

    import astropy.io.fits
    import numpy as np

    del astropy, np
    warnings.simplefilter("ignore")
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    places, step = int(sys.argv[1]), int(sys.argv[2])
    for pixels in sections(sys.stdin.buffer.read(), places, step):
        sys.stdout.buffer.write(f"{pixels.dtype.str} {pixels.size}\n".encode())
        sys.stdout.buffer.write(pixels.data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
