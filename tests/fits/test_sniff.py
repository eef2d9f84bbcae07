"""A file that is not FITS is named by its first bytes."""

import pytest

from jwstprod_check.fits.sniff import what_is_it


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "git-lfs"),
        (b"#ASDF 1.0.0\n", "ASDF"),
        (b"# %ECSV 1.0\n", "ECSV"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x89PNG\r\n", "PNG"),
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04", "zip"),
        (b"BZh9", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x93NUMPY", "NumPy"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"\n\n  <HTML>", "HTML"),
        (b"\xef\xbb\xbf<html lang='en'>", "HTML"),
        (b"<?xml version='1.0'?><Error/>", "XML"),
        (b'{"detail": "not found"}', "JSON"),
        (b"[1]", "JSON"),
        (bytes(100), "zero bytes"),
        (b"XTENSION= 'IMAGE   '", "without its primary"),
        (b"not found\n", "text"),
        (b"\x01\x02\x03\xff", "unknown binary"),
    ],
)
def test_kind_of_file_is_named(start, said):
    assert said.lower() in what_is_it(start).lower()
