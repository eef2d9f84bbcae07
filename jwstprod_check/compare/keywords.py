"""Which keywords matter in a comparison of two products, and which differ between any two exposures."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.spec.dictionary import KeywordDictionary

_LAYOUT: Final = re.compile(
    r"(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|TFIELDS|THEAP|EXTNAME|EXTVER|EXTLEVEL|BSCALE|BZERO"
    r"|(TTYPE|TFORM|TUNIT|TDIM|TSCAL|TZERO|TNULL|TDISP)\d+|Z[A-Z]+\d*|CHECKSUM|DATASUM|COMMENT|HISTORY|CONTINUE|)\Z"
)
"""Keywords of the layout, which is compared itself, and cards without a value."""

_OF_THE_EXPOSURE: Final = re.compile(
    r"(DATE.*|TIME.*|.*TIME|.*MJD.*|FILENAME|FILESIZ|TITLE|PI_NAME|PROGRAM|PROPOSID|OBSERVTN|OBS_ID|OBSLABEL|OBSFOLDR|VISIT.*|ACT_ID"
    r"|SEQ_ID|EXPOSURE|EXPCOUNT|EXPRIPAR|EXPID|VST.*|TARG.*|SRC.*|SOURCE.*|SHUT.*|SLTNAME|SLIT.*|GS_.*|GSC_VER|GUIDESTAR|ASN.*|SDP_VER|PRD.*"
    r"|ENGQLPTG|CRDS_VER|OSS_VER|S_REGION|PATT_NUM|POSITION|NUMDTHPT|EFF.*|SCTARATE|TEMPLATE|DITHER.*|PATT.*)\Z"
)
"""Keywords that state which exposure a product is of: when, where, of what and under which number."""


def values(hdu: Hdu) -> dict[str, Scalar]:
    """Return the keywords of an HDU beside those of its layout, each with the value of its first card."""
    header = hdu.header
    names = sorted(header.first, key=header.first.__getitem__)
    return {name: header.value(name) for name in names if not _LAYOUT.match(name)}


def matters(name: str, hdu: Hdu, dictionary: KeywordDictionary) -> bool:
    """Whether a keyword states what a product is, and not of which exposure it is.

    Such a keyword is declared for the HDU and is no measured number.
    """
    word = dictionary.words(hdu.index, hdu.name).get(name)
    return word is not None and word.type != "float" and not _OF_THE_EXPOSURE.match(name)


def differing(one: Hdu, other: Hdu) -> Iterator[tuple[str, Scalar, Scalar, bool]]:
    """Return the keywords that differ: name, both values, and whether both HDUs have it; in the order of the headers."""
    first, second = values(one), values(other)
    for name in [*first, *(n for n in second if n not in first)]:
        both = name in first and name in second
        a, b = first.get(name), second.get(name)
        files = name.startswith("R_")
        different = _reference_file(a) != _reference_file(b) if files else not both or not _same(a, b)
        if different:
            yield name, a, b, both


def _same(a: Scalar, b: Scalar) -> bool:
    # 1 and True are equal for Python.
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _reference_file(value: Scalar) -> str | None:
    """Name of a reference file, which is the same wherever it was read from; None where none was used."""
    return value.rpartition("/")[2] if isinstance(value, str) and value != "N/A" else None
