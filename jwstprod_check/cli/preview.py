"""The quick look of ``jwstprod info``: drawn in the terminal, or written as PNG files."""

import os
from collections.abc import Iterator

import click

from jwstprod_check.cli.outputs import refuse, replace_whole
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.report.layout import Paper, wrapped
from jwstprod_check.storage.paths import FITS_ENDINGS
from jwstprod_check.storage.source import Source
from jwstprod_check.text import printable

HEIGHT = 64
"""Points of the height of a picture in the terminal, two to a line."""

LARGEST = 1024
"""Points of the longer side of a PNG."""


class Previews:
    """Draws the pictures that were asked for: ``shown`` in the terminal, ``png`` as a file, or as files in a folder."""

    def __init__(self, shown: bool, png: str | None, paths: tuple[str, ...], paper: Paper) -> None:
        self._shown = shown
        self._png = png
        self._paper = paper
        self._written: set[str] = set()
        self._single = png is not None and png.lower().endswith(".png")
        if png is None:
            return
        if self._single and (len(paths) > 1 or os.path.isdir(paths[0])):
            raise click.BadParameter("several files need a folder, not one file", param_hint="--png")
        if self._single:
            try:
                refuse([png], paths, None)
            except click.BadParameter as error:
                error.param_hint = "--png"
                raise

    def lines(self, source: Source, file: FitsFile) -> Iterator[str]:
        """Draw what is asked for of a file; return the lines for the terminal, and where a PNG is."""
        if not (self._shown or self._png):
            return
        # NumPy starts threads for linear algebra when it is imported; a picture needs none.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from jwstprod_check.preview.plane import NoPictureError

        try:
            yield ""
            if self._shown:
                yield from self._in_terminal(source, file)
            if self._png is not None:
                yield f"  written: {printable(self._write(source, file, self._png))}"
        except NoPictureError as error:
            yield from wrapped(printable(f"no picture: {error}"), self._paper.width, "  ", "    ")

    def _in_terminal(self, source: Source, file: FitsFile) -> Iterator[str]:
        from jwstprod_check.preview.draw import caption, in_colour, in_text
        from jwstprod_check.preview.plane import picture_of

        picture = picture_of(source, file, self._paper.width - 2, HEIGHT)
        color = self._paper.color and self._paper.marks["ok"] != "ok"
        for line in in_colour(picture) if color else in_text(picture):
            yield f"  {line}"
        yield from wrapped(caption(picture, color), self._paper.width, "  ", "    ")

    def _write(self, source: Source, file: FitsFile, place: str) -> str:
        """Write a PNG beside its place and rename it; return its path."""
        from jwstprod_check.preview.draw import png
        from jwstprod_check.preview.plane import picture_of

        content = png(picture_of(source, file, LARGEST, LARGEST))
        target = place if self._single else self._name(file.path, place)
        try:
            if not self._single and not os.path.isdir(place):
                os.mkdir(place)
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
