"""What is wrong with one 80-byte card, by its own bytes: the grammar of the standard, nothing repaired.

FITS Standard 4.0, sections 4.1 and 4.2 and its appendix A. Patterns take no more than linear time, most being
possessive; a group that may fail after it took something is not, as Python before 3.11.5 goes on behind what it took. A
well-formed card passes one match, and only what does not is taken apart.
"""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.defect import Defect
from jwstprod_check.fits.cards import COMMENTARY
from jwstprod_check.text import printable

STRING, LOGICAL, INTEGER, FLOAT, COMPLEX = 1, 2, 3, 4, 5
"""Types of a value; the first four are the group of ``WELL_FORMED`` that matched last."""

TYPE_NAMES: Final = {0: "nothing", 1: "a string", 2: "a logical", 3: "an integer", 4: "a float", 5: "a complex number"}

WELL_FORMED: Final = re.compile(
    rb"""........
    (?: =[ ]++ (?: ('[ -&(-~]*+(?:''[ -&(-~]*+)*+')
                 | ([TF])
                 | ([+-]?(?:[0-9]++|(?=\.[0-9]))) (\.[0-9]*+(?:[ED][+-]?[0-9]++)?|[ED][+-]?[0-9]++)?
               ) [ ]*+ (?:/[ -~]*+)?
      | [ -<>-~][ -~]*+
    )\Z""",
    re.VERBOSE | re.DOTALL,
).match
"""Accepts a card that has a value or is commentary, whatever its name; complex and absent values are not accepted."""

NAME: Final = re.compile(r"[A-Z0-9_-]*+\Z").match
_NON_TEXT = re.compile(rb"[^ -~]").search

# Patterns that only a defective card needs are compiled when one comes.
_QUOTED = rb"'(?:[^']++|'')*+'"
_NUMBER = rb"[+-]?(?:([0-9]++)|(?=\.[0-9]))(\.[0-9]*+(?:[ED][+-]?[0-9]++)?|[ED][+-]?[0-9]++)?\Z"
_NOT_FINITE = rb"(?i:[+-]?(?:nan|inf|infinity)(?:\(.*\))?)\Z"
_LIKE_LOGICAL = rb"(?i:\.?(?:t|f|true|false|yes|no|y|n)\.?)\Z"


def defects_of(image: bytes, types: frozenset[int] | None = None, fixed: bool = False) -> Iterator[Defect]:
    """Everything that is wrong with a card; of one part (name, value, comment) the first.

    The ``kind`` of a defect is one of: non-text, name, indicator, quote, number, not-finite, logical, complex, unknown, slash,
    null, type, fixed, padded. Its ``text`` is a predicate ("has ...").

    ``types`` are the types that the value of a reserved keyword may have, ``fixed`` means that it must be in fixed
    format (section 4.2).
    """
    yield from _name_defects(image[:8])
    keyword = image[:8].rstrip(b" ").decode("latin-1")
    if keyword in COMMENTARY or image[8:9] != b"=":
        yield from _text_defects(image, 8, "text")
        if types is not None and keyword not in COMMENTARY:
            yield Defect("type", "has no value: `= ` is missing in bytes 9 and 10", _wanted(types), "no value", 8)
        return
    if image[9:10] != b" ":
        yield from _text_defects(image, 9, "text")
        if _NON_TEXT(image, 9, 10):
            return
        yield Defect(
            "indicator",
            "has `=` in byte 9 without a blank after it, so it has no value",
            "`= `",
            _shown(image[8:10]),
            8,
        )
        return
    value, defect, comment = _value(image)
    yield from _text_defects(image[:comment], 10, "value")
    yield from _text_defects(image, comment, "comment")
    if defect is not None:
        if not _NON_TEXT(image, 10, comment):
            yield defect if defect.kind != "null" or types is None else _null(types)
    elif types is not None and value not in types:
        yield _wrong_type(image, value, types)
    elif fixed and not fixed_format(image, value):
        yield Defect("fixed", _fixed_text(value), _FIXED[value], _shown(image[10:30]), 10)


def _name_defects(name: bytes) -> Iterator[Defect]:
    bare = name.rstrip(b" ")
    if NAME(bare.decode("latin-1")):
        return
    bad = _NON_TEXT(name)
    if bad:
        yield Defect(
            "non-text", f"has the byte 0x{bad[0][0]:02x} in its keyword", "A-Z 0-9 - _", _shown(name), bad.start()
        )
        return
    hint = None
    if name.startswith(b" "):
        text = "begins with blanks: a keyword begins in byte 1"
    elif b"=" in name:
        text = "has `=` in its keyword, so it has no value"
        hint = "`=` is byte 9, a blank is byte 10"
    elif NAME(bare.upper().decode("ascii")):
        text = "is in lower case"
        hint = f"write {printable(bare.upper().decode('ascii'))}"
    else:
        text = "has a character that a keyword must not have"
    yield Defect("name", text, "A-Z 0-9 - _ from byte 1 on", _shown(name), 0, hint)


def _text_defects(image: bytes, start: int, part: str) -> Iterator[Defect]:
    bad = _NON_TEXT(image, start)
    if bad:
        yield Defect(
            "non-text",
            f"has the byte 0x{bad[0][0]:02x} in its {part}",
            "bytes 0x20 to 0x7e",
            f"0x{bad[0][0]:02x} in byte {bad.start() + 1}",
            bad.start(),
        )


def _value(image: bytes) -> tuple[int, Defect | None, int]:
    """Type of a value, what is wrong with it, and the byte at which the comment begins."""
    field = image[10:]
    text = field.lstrip(b" ")
    at = 80 - len(text)
    if not text or text.startswith(b"/"):
        defect = Defect("null", "has no value", "a value", "nothing", 10)
        return 0, defect, at
    if text.startswith(b"'"):
        found = re.match(_QUOTED, text)
        if found is None:
            return 0, Defect("quote", "has a string without closing quote", "'...'", _shown(text), at), 80
        return (STRING, *_after(image, at + found.end()))
    if text.startswith(b"("):
        return _complex(image, text, at)
    word = text.partition(b" ")[0].partition(b"/")[0]
    kind = type_of_word(word)
    comment = image.find(b"/", at + len(word))
    if not kind:
        return 0, _bad_word(word, at), comment if comment >= 0 else 80
    return (kind, *_after(image, at + len(word)))


def _after(image: bytes, at: int) -> tuple[Defect | None, int]:
    rest = image[at:].lstrip(b" ")
    start = 80 - len(rest)
    if not rest or rest.startswith(b"/"):
        return None, start
    return Defect("slash", "has text after its value that `/` does not set apart", "/", _shown(rest), start), start


def type_of_word(word: bytes) -> int:
    """LOGICAL, INTEGER or FLOAT; 0 for anything else."""
    if word in {b"T", b"F"}:
        return LOGICAL
    found = re.match(_NUMBER, word)
    if found is None:
        return 0
    return INTEGER if found[2] is None else FLOAT


def _bad_word(word: bytes, at: int) -> Defect:
    found = _shown(word)
    if re.match(_NOT_FINITE, word):
        return Defect(
            "not-finite",
            f"is {found}, which a header cannot hold",
            "a finite number",
            found,
            at,
            "leave the keyword out",
        )
    if re.match(_LIKE_LOGICAL, word):
        return Defect("logical", f"is {found}, which is not a logical", "T or F", found, at)
    if word[:1] in b"+-.0123456789":
        if type_of_word(word.upper()):
            letter = "e" if b"e" in word else "d"
            text = f"is {found}: the exponent letter is a small {letter}"
            return Defect(
                "number", text, word.upper().decode("latin-1"), found, at, f"write {letter.upper()} for {letter}"
            )
        return Defect("number", f"is {found}, which is not a number", "a number", found, at)
    return Defect(
        "unknown", f"has the value {found}, which is of no type", "a value", found, at, "a string is in quotes"
    )


def _complex(image: bytes, text: bytes, at: int) -> tuple[int, Defect | None, int]:
    inner, closed, _ = text[1:].partition(b")")
    if not closed:
        return 0, Defect("complex", "has a complex value without closing `)`", "(a, b)", _shown(text), at), 80
    end = at + len(inner) + 2
    parts = [part.strip(b" ") for part in inner.split(b",")]
    comment = image.find(b"/", end)
    if len(parts) != 2 or not all(type_of_word(p) in {INTEGER, FLOAT} for p in parts):
        defect = Defect(
            "complex", "has a complex value that cannot be read", "(a, b)", _shown(text[: len(inner) + 2]), at
        )
        return 0, defect, comment if comment >= 0 else 80
    return (COMPLEX, *_after(image, end))


def _wanted(types: frozenset[int]) -> str:
    return "a number" if types == {INTEGER, FLOAT} else " or ".join(TYPE_NAMES[t] for t in sorted(types))


def _null(types: frozenset[int]) -> Defect:
    return Defect("type", f"has no value, expected {_wanted(types)}", _wanted(types), "no value", 10)


def _wrong_type(image: bytes, value: int, types: frozenset[int]) -> Defect:
    text = image[10:].strip(b" ")
    quoted = re.match(_QUOTED, text)
    word = quoted[0] if quoted else text.partition(b"/")[0].rstrip(b" ")
    hint = None
    if quoted and type_of_word(word.strip(b"' ")) in types:
        hint = "write it without the quotes"
    return Defect(
        "type",
        f"is {TYPE_NAMES[value]}, expected {_wanted(types)}",
        _wanted(types),
        f"{TYPE_NAMES[value]} {_shown(word)}",
        10,
        hint,
    )


_FIXED: Final = {
    STRING: "a string from byte 11 on",
    LOGICAL: "T or F in byte 30",
    INTEGER: "an integer that ends in byte 30",
}


def _fixed_text(value: int) -> str:
    what = {STRING: "string", LOGICAL: "logical", INTEGER: "integer"}[value]
    return f"has its {what} at another place than the fixed format wants"


def fixed_format(image: bytes, value: int) -> bool:
    """Whether the value of a mandatory keyword is where fixed format wants it (section 4.2)."""
    if value == STRING:
        return image[10:11] == b"'"
    if image[30:31] not in {b" ", b"/"}:
        return False
    if value == LOGICAL:
        return image[10:30] in {b"                   T", b"                   F"}
    return image[29:30].isdigit() and image[10:30].lstrip(b" ").lstrip(b"+-").isdigit()


def _shown(text: bytes) -> str:
    return "'" + printable(text.rstrip(b" ").decode("latin-1")) + "'"
