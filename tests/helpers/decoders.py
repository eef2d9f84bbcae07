"""One process that decodes Rice images for all tests: it loads the reader once, and decodes each image in a fork of itself.

The program starts a process for each image. Most of that is the import of the reader, which tests need not wait for a
thousand times; a fork of its own keeps a broken tile from harming anything else, as it does in the program.
"""

import json
import subprocess
import sys

import numpy as np

from jwstprod_check.scan import decoder

SERVER = """
import json, os, sys, warnings
import astropy.io.fits
import numpy
from jwstprod_check.scan.decoder import sections

warnings.simplefilter("ignore")
ours, theirs = sys.stdin.buffer, sys.stdout.buffer


def decoded(raw, places, step):
    # What a fork of this process writes, and how it ended: a signal is negative.
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = 1
        try:
            with os.fdopen(write, "wb") as out:
                for pixels in sections(raw, places, step):
                    out.write(f"{pixels.dtype.str} {pixels.size}\\n".encode())
                    out.write(pixels.data)
            status = 0
        except Exception as error:
            os.write(2, f"{type(error).__name__}: {error}\\n".encode())
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        written = pipe.read()
    return written, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


for line in ours:
    places, step, size = json.loads(line)
    written, status = decoded(ours.read(size), places, step)
    theirs.write(json.dumps([status, len(written)]).encode() + b"\\n" + written)
    theirs.flush()
"""


class SharedDecoder:
    """Does what ``decoder.sections_from_child`` does, with one process for as long as it lives."""

    def __init__(self):
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def sections(self, fits, places, step):
        asked, answered = self._server.stdin, self._server.stdout
        asked.write(json.dumps([places, step, len(fits)]).encode() + b"\n" + fits)
        asked.flush()
        status, size = json.loads(answered.readline())
        written, at = answered.read(size), 0
        for _ in range(0, places, step):
            line, _, rest = written[at:].partition(b"\n")
            if not rest:
                break
            form, count = line.decode().split()
            length = int(count) * np.dtype(form).itemsize
            if len(rest) < length:
                break
            yield np.frombuffer(rest[:length], form)
            at += len(line) + 1 + length
        if status:
            reason = f"the decoder was stopped by signal {-status}" if status < 0 else "the reader raised an error"
            raise decoder.DecoderEndedError(reason)

    def close(self):
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()


def use_decoder(monkeypatch, shared):
    """Have the program decode with it."""
    from jwstprod_check.scan import compressed

    monkeypatch.setattr(compressed, "sections_from_child", shared.sections)
