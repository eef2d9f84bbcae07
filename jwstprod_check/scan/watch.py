"""One HDU as its bytes are read, which are passed to every check that needs them."""

from math import prod
from typing import TYPE_CHECKING, Any

from jwstprod_check.fits.hdu import BITPIX, Hdu
from jwstprod_check.fits.header import BLOCK
from jwstprod_check.scan.chunks import Chunk
from jwstprod_check.scan.compressed import BrokenImageError, has_axes, obstacle, restore
from jwstprod_check.scan.decoder import NoDecoderError
from jwstprod_check.scan.facts import NONE, Flags, HduFacts, Pixels, Sums
from jwstprod_check.scan.feeding import PIECE, feed_restored, feed_stored
from jwstprod_check.scan.holes import HoleWatch
from jwstprod_check.scan.images import Image
from jwstprod_check.scan.questions import Questions, stored_type
from jwstprod_check.scan.sums import RestoredSum, folded, header_sum, same, stated_sum, states_sum, word_sum
from jwstprod_check.scan.tables import TableWatch
from jwstprod_check.text import error_text

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

SHORT = "the file ended while it was read"


class HduWatch:
    """One HDU as its bytes are read. ``keep`` states whether the data are kept, ``reason`` why they are incomplete.

    Of a table with ``narrow`` the narrow columns are kept.
    """

    def __init__(self, hdu: Hdu, questions: Questions, keep: bool, reason: str, narrow: bool = False) -> None:
        self.hdu = hdu
        self.keep = keep
        self._reason = reason
        self._size = hdu.data_size or 0
        self._end = 0
        self._summed = states_sum(hdu) and not reason
        self._total = 0
        self._fill = self._text = NONE
        self._undone = self._broken = ""
        self._kept = bytearray()
        self._questions = questions
        self._image: Image | None = None
        self._holes: HoleWatch | None = None
        self._restore = False
        self._restored: int | None = None
        table = hdu.xtension == "BINTABLE"
        self._table = TableWatch(hdu, questions.spectrum(hdu), narrow) if table else None
        if hdu.compressed:
            self._plan_compressed()
        elif hdu.type == "IMAGE" and self._plain():
            self._plan_image()

    @property
    def bytes(self) -> bytes:
        """The data, without fill, if they are kept."""
        return bytes(self._kept)

    @property
    def narrow(self) -> bytearray:
        """Narrow columns of a table, row by row, if they are kept."""
        return self._table.narrow if self._table is not None else bytearray()

    def _plain(self) -> bool:
        """Whether the data are the pixels and nothing else."""
        hdu = self.hdu
        bitpix = hdu.bitpix
        return bitpix in BITPIX and bool(hdu.axes) and 0 < prod(hdu.axes) * abs(bitpix or 0) // 8 == self._size

    def _plan_image(self) -> None:
        import numpy as np

        self._image = self._questions.image(self.hdu)
        self._stored = stored_type(self.hdu)
        if self._image is not None:
            dtype = np.dtype(self._stored).newbyteorder("=")
            self._scratch = np.empty(min(PIECE, self._size) // dtype.itemsize, dtype)
        if self._questions.wants_holes(self.hdu):
            self._holes = HoleWatch(self._size)

    def _plan_compressed(self) -> None:
        if has_axes(self.hdu) and not self._reason:
            self._undone = obstacle(self.hdu)
            self._restore = not self._undone

    def feed(self, chunk: Chunk) -> None:
        """Take bytes of the data and of the fill after them."""
        data, offset = chunk.data, chunk.part.start
        self._end = offset + len(data)
        if len(data) < chunk.part.length:
            self._reason = self._reason or SHORT
        inside = data[: max(0, self._size - offset)]
        fill = data[len(inside) :]
        self._look_at_fill(offset + len(inside), fill)
        # The words of the sum may be the pixels, whose bytes are swapped anyway.
        shared = self._summed and self._image is not None and self._scratch.itemsize == 4
        if self._summed:
            self._total += word_sum(fill if shared else data)
        if self._image is not None:
            self._total += feed_stored(self._image, self._stored, offset, inside, self._scratch, shared)
        if self._holes is not None:
            self._holes.feed(offset, data)
        if self._table is not None and not self._table.idle:
            self._table.feed(offset, inside)
        if self.keep or self._restore:
            self._kept += inside.tobytes()
        if self.hdu.type == "TABLE":
            self._look_at_text(offset, inside)

    def _look_at_fill(self, offset: int, fill: "Bytes") -> None:
        """Fill is NUL, and blank after an ASCII table (FITS Standard 4.0, sections 3.3.2, 7.2.3 and 7.3.3)."""
        if len(fill):
            odd = fill != (0x20 if self.hdu.type == "TABLE" else 0)
            self._fill = self._fill.plus(int(odd.sum()), offset + int(odd.argmax()))

    def _look_at_text(self, offset: int, data: "Bytes") -> None:
        if len(data):
            odd = (data < 0x20) | (data > 0x7E)
            self._text = self._text.plus(int(odd.sum()), offset + int(odd.argmax()))

    def finish(self) -> HduFacts:
        """Return the results, after the last byte."""
        if not self._reason and self._end < -(-self._size // BLOCK) * BLOCK:
            self._reason = SHORT
        if self._restore and not self._reason:
            self._look_at_restored()
        found = self._image.facts() if self._image is not None else None
        return HduFacts(
            self.hdu.index,
            seen=min(self._end, self._size),
            not_read=self._reason,
            not_decoded=self._undone,
            decode_error=self._broken,
            sums=self._sums(),
            fill=self._fill,
            text=self._text,
            pixels=found if isinstance(found, Pixels) else None,
            flags=found if isinstance(found, Flags) else None,
            holes=self._holes.facts() if self._holes is not None else None,
            table=self._table.facts() if self._table is not None else None,
        )

    def _sums(self) -> Sums | None:
        if self._reason or not self._summed:
            return None
        return Sums(header_sum(self.hdu.header), folded(self._total), self._restored)

    def _is_summed_otherwise(self) -> bool:
        """Whether DATASUM is not that of the data."""
        stated = stated_sum(self.hdu.header) if self._summed else None
        return stated is not None and not same(stated, folded(self._total))

    def _look_at_restored(self) -> None:
        """Read the pixels of a compressed image, even if no check needs them, to test that they can be decompressed."""
        hdu = self.hdu
        self._image = self._questions.image(hdu, restored=True)
        summed = None
        if self._is_summed_otherwise():
            self._image = summed = RestoredSum(self._image, (hdu.header.number("BZERO") or 0.0) != 0)
        kinds = "f" if (hdu.bitpix or 0) < 0 else "iu"
        try:
            if self._image is None:
                for _ in restore(hdu, self.bytes):
                    pass
            else:
                feed_restored(self._image, restore(hdu, self.bytes), kinds)
                self._restored = summed.total if summed is not None else None
        except BrokenImageError as error:
            # What nothing but its sum was asked for is compared with its bytes alone.
            self._broken = str(error)
        except NoDecoderError as error:
            self._undone = f"no process to decode it in could be started ({error})"
        except MemoryError as error:
            self._undone = error_text(error)
        except TypeError as error:
            self._undone = str(error)
