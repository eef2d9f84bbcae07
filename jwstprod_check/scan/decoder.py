"""The reader that decompresses tile-compressed images, here or in a process of its own.

Rice's code is decoded in C that looks for the end of its input only between blocks of pixels: a broken tile has it read on
through the memory after the tile, until the process is stopped. So it decodes in a child, whose end is a finding. It takes
half a second to load the reader, so a child waits for more images and decodes each in a fork of itself; where there is no
fork, an image may end the child.
"""

import atexit
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


SCRIPT: Final = __file__
_READY: Final = b"ready\n"
_IN_FORKS: Final = b"ready, in forks\n"
_END: Final = b"end"
"""Begins the line after the pixels of an image, which says why there are no more."""

_NO_MEMORY: Final = "not enough memory"

_PATIENCE: Final = 5
"""Seconds in which a child ends that is not needed any more."""


class NoDecoderError(Exception):
    """No process could be started to decode in."""


class DecoderEndedError(Exception):
    """The decoding process ended early."""


class _Child(NamedTuple):
    """A process that decodes; ``forks`` is whether no image can end it."""

    process: "subprocess.Popen[bytes]"
    asked: IO[bytes]
    answers: IO[bytes]
    forks: bool


_WAITING: Final[dict[int, list[_Child]]] = {}
"""Children that wait for an image, by the process that started them: a fork of that one leaves them alone."""


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

    Raises ``NoDecoderError`` where none can be started, ``DecoderEndedError`` where it ends early, and ``MemoryError``.
    """
    child = _waiting() or _started()
    finished = False
    try:
        child.asked.write(b"%d %d %d\n" % (places, step, len(fits)))
        child.asked.write(fits)
        child.asked.flush()
        import numpy as np

        while (frame := _read_frame(child.answers))[1] is not None:
            yield np.frombuffer(frame[1], np.dtype(frame[0]))
        finished = True
        if frame[0] == _NO_MEMORY:
            raise MemoryError
        if frame[0]:
            raise DecoderEndedError(frame[0])
    except (BrokenPipeError, EOFError):
        # Nothing that an image does reaches a child that decodes in forks.
        raise (NoDecoderError if child.forks else DecoderEndedError)(_last_words(child)) from None
    finally:
        if finished:
            _WAITING.setdefault(os.getpid(), []).append(child)
        else:
            _stop(child)


def _waiting() -> _Child | None:
    """Take a child that decoded an image before."""
    children = _WAITING.get(os.getpid(), [])
    while children:
        child = children.pop()
        if child.process.poll() is None:
            return child
        _stop(child)
    return None


def _started() -> _Child:
    # -P prevents modules of this folder from shadowing others of the same name.
    command = [sys.executable, "-P", SCRIPT]
    pipe = subprocess.PIPE
    try:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603 - our own module
    except OSError as error:
        raise NoDecoderError(str(error)) from error
    if process.stdin is None or process.stdout is None:
        raise NoDecoderError("no pipes")
    ready = process.stdout.readline()
    child = _Child(process, process.stdin, process.stdout, ready == _IN_FORKS)
    if ready not in {_READY, _IN_FORKS}:
        reason = _last_words(child)
        _stop(child)
        raise NoDecoderError(reason)
    if os.getpid() not in _WAITING:
        _WAITING[os.getpid()] = []
        atexit.register(_stop_all)
    return child


def _last_words(child: _Child) -> str:
    """How a child ended: the signal that stopped it, or the last line that it wrote to its stderr."""
    with suppress(OSError):
        child.asked.close()
    try:
        status = child.process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()
        return "the decoder gave no sensible answer"
    said = child.process.stderr.read().decode("utf-8", "replace").splitlines() if child.process.stderr else []
    return f"the decoder was stopped by signal {-status}" if status < 0 else (said or ["the decoder ended"])[-1]


def _stop(child: _Child) -> None:
    child.process.kill()
    with suppress(OSError), child.process:
        pass


def _stop_all() -> None:
    for child in _WAITING.pop(os.getpid(), []):
        _stop(child)


def _read_frame(stream: IO[bytes]) -> tuple[str, bytes | None]:
    """Read the type of pixels and their bytes; after the last ones, why there are no more, and None.

    Raises ``EOFError`` where the stream ends in between.
    """
    line = stream.readline()
    if line.startswith(_END):
        return line.removeprefix(_END).decode("utf-8", "replace").strip(), None
    words = line.split()
    if len(words) != 2:
        raise EOFError
    data = stream.read(int(words[1]))
    if len(data) < int(words[1]):
        raise EOFError
    return words[0].decode(), data


def _write_frames(fits: bytes, places: int, step: int, out: IO[bytes]) -> None:
    """Decode an image and write it in frames: a line with the type of the pixels and their bytes, then these."""
    try:
        for pixels in sections(fits, places, step):
            out.write(f"{pixels.dtype.str} {pixels.nbytes}\n".encode())
            out.write(pixels.data)
    except MemoryError:
        out.write(_END + f" {_NO_MEMORY}\n".encode())
    except Exception as error:
        # Any other error of the reader is due to the image.
        said = " ".join(str(error).split())
        out.write(_END + f" {type(error).__name__}: {said}\n".encode())
    else:
        out.write(_END + b"\n")
    out.flush()


def _relay_fork(fits: bytes, places: int, step: int, out: IO[bytes]) -> None:
    """Decode an image in a fork, and pass on each frame that is complete."""
    read, write = os.pipe()
    fork = os.fork()
    if fork == 0:
        status = 1
        try:
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                _write_frames(fits, places, step, pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    ended = None
    with os.fdopen(read, "rb") as pipe, suppress(EOFError):
        while ended is None:
            kind, data = _read_frame(pipe)
            if data is None:
                ended = kind
            else:
                out.write(f"{kind} {len(data)}\n".encode())
                out.write(data)
    status = os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1])
    if ended is None:
        ended = f"the decoder was stopped by signal {-status}" if status < 0 else "the decoder ended early"
    out.write(_END + f" {ended}\n".encode())
    out.flush()


def main() -> None:
    """Decode the images that come on stdin, each after a line with ``places``, ``step`` and its number of bytes."""
    import signal
    import warnings

    import astropy.io.fits
    import numpy as np

    del astropy, np
    warnings.simplefilter("ignore")
    # Who interrupts the program ends the pipe, and this process with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    forks = hasattr(os, "fork")
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    answers.write(_IN_FORKS if forks else _READY)
    answers.flush()
    decode = _relay_fork if forks else _write_frames
    # Nobody reads what libraries may write there, and a full pipe would stop them.
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    with suppress(BrokenPipeError):
        for line in asked:
            places, step, size = map(int, line.split())
            decode(asked.read(size), places, step, answers)


if __name__ == "__main__":
    main()
