"""What a file is that is not FITS, by its first bytes."""

from typing import Final

ECSV: Final = "an ECSV table"

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a git-lfs pointer: the file itself was not downloaded (run `git lfs pull`)"),
    (b"#ASDF", "an ASDF file"),
    (b"# %ECSV", ECSV),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\x1f\x9d", "a file packed by compress"),
    (b"\x1f\x8b", "a gzip file inside a gzip file"),
    (b"\x93NUMPY", "a NumPy array file"),
)


def what_is_it(start: bytes) -> str:
    """Name the kind of file that begins with these bytes, as a noun phrase for a message."""
    for sign, name in _SIGNS:
        if start.startswith(sign):
            return name
    if not start.strip(b"\0"):
        return "zero bytes"
    if start.startswith(b"XTENSION"):
        return "a FITS extension without its primary HDU"
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    lowered = text[:512].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or b"<html" in lowered:
        return "an HTML page, perhaps the error page of a failed download"
    if text.startswith((b"<?xml", b"<")):
        return "an XML document, perhaps the error page of a failed download"
    if text.startswith((b"{", b"[")):
        return "a JSON document, perhaps the error message of a failed download"
    if all(9 <= byte < 127 for byte in start[:512]):
        return "a text file"
    return "a file of unknown binary format"
