"""The quick look of ``jwstprod info``: drawn in the terminal, or written as PNG files."""

import os
from collections.abc import Iterator

import click

from jwstprod_check.cli.outputs import refuse, replace_whole
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.report.layout import Paper, wrapped
from jwstprod_check.storage.found import FITS_ENDINGS
from jwstprod_check.storage.source import Source
from jwstprod_check.text import printable

HEIGHT = 64
"""Points of the height of a picture in the terminal, two to a line."""

LINE_HEIGHT = 48
"""Points of the height of a spectrum in the terminal, four to a line."""

LARGEST = 1024
"""Points of the longer side of a PNG."""


class Previews:
    """Draws the pictures that were asked for: ``shown`` in the terminal, ``png`` as a file, or as files in a folder."""

    def __init__(
        self, shown: bool, png: str | None, paths: tuple[str, ...], paper: Paper, extver: int | None = None
    ) -> None:
        self._shown = shown
        self._png = png
        self._paper = paper
        self._paths = paths
        self._extver = extver
        self._written: set[str] = set()
        self._single = png is not None and png.lower().endswith(".png")
        if png is None:
            return
        if self._single and (len(paths) > 1 or os.path.isdir(paths[0])):
            raise click.BadParameter("several files need a folder, not one file", param_hint="--png")
        if self._single:
            refuse([png], paths, None, "--png")

    def lines(self, source: Source, file: FitsFile) -> Iterator[str]:
        """Draw what is asked for of a file; return the lines for the terminal, and where a PNG is."""
        if not (self._shown or self._png):
            return
        # NumPy starts threads for linear algebra when it is imported; a picture needs none.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from jwstprod_check.preview.plane import NoPictureError
        from jwstprod_check.preview.subjects import subjects

        try:
            hdus, more = subjects(file, self._extver)
        except NoPictureError as error:
            yield ""
            yield from self._no_picture(error)
            return
        base = ""
        for number, hdu in enumerate(hdus):
            yield ""
            try:
                if self._shown:
                    yield from self._in_terminal(source, file, hdu)
                if self._png is not None:
                    content = self._content(source, file, hdu)
                    base = base or (self._png if self._single else self._name(file.path, self._png))
                    yield f"  written: {printable(self._write(content, _place(base, number)))}"
            except NoPictureError as error:
                yield from self._no_picture(error)
        if more:
            text = f"{more} more not drawn; --extver N draws those with that EXTVER"
            yield from wrapped(text, self._paper.width, "  ", "    ")

    def _no_picture(self, error: Exception) -> Iterator[str]:
        yield from wrapped(printable(f"no picture: {error}"), self._paper.width, "  ", "    ")

    def _in_terminal(self, source: Source, file: FitsFile, hdu: Hdu) -> Iterator[str]:
        from jwstprod_check.preview.draw import caption, in_colour, in_text
        from jwstprod_check.preview.plane import picture_of
        from jwstprod_check.preview.spectrum import in_braille, in_stars, is_spectrum, line_of

        width, signs = self._paper.width - 2, self._paper.marks["ok"] != "ok"
        if is_spectrum(hdu):
            line = line_of(source, hdu, 2 * width, LINE_HEIGHT)
            drawn, text = in_braille(line) if signs else in_stars(line), line.label
        else:
            picture = picture_of(source, file, width, HEIGHT, hdu)
            color = self._paper.color and signs
            drawn, text = in_colour(picture) if color else in_text(picture), caption(picture, color)
        for row in drawn:
            yield f"  {row}"
        yield from wrapped(text, self._paper.width, "  ", "    ")

    def _content(self, source: Source, file: FitsFile, hdu: Hdu) -> bytes:
        from jwstprod_check.preview.draw import line_png, png
        from jwstprod_check.preview.plane import picture_of
        from jwstprod_check.preview.spectrum import is_spectrum, line_of

        if is_spectrum(hdu):
            return line_png(line_of(source, hdu, LARGEST, LARGEST // 2).points)
        return png(picture_of(source, file, LARGEST, LARGEST, hdu))

    def _write(self, content: bytes, target: str) -> str:
        """Write a PNG beside its place and rename it; return its path."""
        refuse([target], self._paths, None, "--png")
        folder = os.path.dirname(target)
        try:
            if not self._single and not os.path.isdir(folder):
                os.mkdir(folder)
            replace_whole(target, content)
        except OSError as error:
            raise click.ClickException(f"{printable(target)} cannot be written ({error.strerror})") from None
        return target

    def _name(self, path: str, folder: str) -> str:
        """Path of the PNG of a file; files of one name in different folders get numbers."""
        base = os.path.basename(path)
        ending = next((e for e in sorted(FITS_ENDINGS, key=len, reverse=True) if base.lower().endswith(e)), "")
        stem = base[: len(base) - len(ending)] if ending else base
        name, number = f"{stem}.png", 1
        while name in self._written:
            number += 1
            name = f"{stem}-{number}.png"
        self._written.add(name)
        return os.path.join(folder, name)


def _place(base: str, number: int) -> str:
    """Path of a picture: the first of a file has the name that was asked for, the others a number too."""
    return base if not number else f"{base[:-4]}.{number + 1}.png"
