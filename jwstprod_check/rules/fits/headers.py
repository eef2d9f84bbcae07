"""FITS: cards of one header in relation to each other. CONTINUE, repeated keywords, HIERARCH."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import CARD, COMMENTARY, Kind, parse_value
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.reserved import KEYWORDS
from jwstprod_check.fits.syntax import NAME
from jwstprod_check.rules.fits.header_index import MAX_CARDS, MAX_DEFECTIVE, REPEATABLE, HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import printable, quoted


@header_rule("FITS010", "continue-structure", Severity.WARNING, on=("CONTINUE",))
def continued(indexed: HeaderIndex) -> Iterator[Problem]:
    """A CONTINUE card follows a string that ends with `&`, and contains a string itself.

    It has blanks in bytes 9 and 10. Any other CONTINUE card is a comment, and its text is lost from the value. LONGSTRN
    is not needed, because the standard includes CONTINUE. It is an error where the card that is continued, or this one,
    contains no string: astropy joins the cards, and cannot read the value, or drops the HDU.

    How to fix: end the string before it with `&`, and write the rest in quotes from byte 11 on.
    Source: FITS Standard 4.0, section 4.2.1.2.
    """
    defects, _ = indexed.header.memo_by_bytes(_continued)
    for index, defect, joined in defects:
        yield card_problem(
            f"card {index + 1} is a CONTINUE card that {defect}",
            index,
            "CONTINUE",
            "CONTINUE  '...' after a string that ends with &",
            quoted(indexed.header.at(index).image.decode("latin-1").rstrip(" ")),
            severity=Severity.ERROR if joined and joined not in COMMENTARY else None,
            group_key="continue",
        )


_STRING_CARD = rb"(?s:.{8})= *+'((?:[^']++|'')*+)'"
_CONTINUE_CARD = rb"CONTINUE(  )? *+(?:'((?:[^']++|'')*+)')?"


def _continued(header: Header) -> tuple[list[tuple[int, str, str]], dict[str, int]]:
    """CONTINUE cards that continue nothing, and why; keywords that are continued, each with its first CONTINUE card.

    With each defect goes the keyword before, if that card or this one contains no string: it is read with what follows it.
    """
    defects: list[tuple[int, str, str]] = []
    owners: dict[str, int] = {}
    names, raw = header.names, header.raw
    owner, joined, after = "", "", -1
    texts = True
    index = header.first.get("CONTINUE", len(names))
    while index < len(names) and len(defects) <= MAX_DEFECTIVE:
        if index != after:
            owner = _owner(header, index - 1) if index else ""
            joined = names[index - 1] if index else ""
            texts = bool(index) and re.match(_STRING_CARD, header.image(index - 1)) is not None
        found = re.match(_CONTINUE_CARD, raw[index * CARD : index * CARD + CARD])
        texts = texts and found is not None and found[2] is not None
        unread = "" if texts else joined
        if found is None or found[1] is None:
            defects.append((index, "has no blanks in bytes 9 and 10", unread))
        elif found[2] is None:
            defects.append((index, "contains no string in quotes", unread))
        elif not owner:
            defects.append((index, "follows no string that ends with &", unread))
        else:
            owners.setdefault(owner, index)
        if not _goes_on(found, 2):
            owner = ""
        after = index + 1
        index = after if names[after : after + 1] == ["CONTINUE"] else _next(names, after)
    return defects, owners


def _next(names: list[str], start: int) -> int:
    try:
        return names.index("CONTINUE", start)
    except ValueError:
        return len(names)


def _owner(header: Header, index: int) -> str:
    """Keyword of a card whose string continues in the next; '' where it does not."""
    name = header.names[index]
    image = header.image(index)
    return name if name == "HIERARCH" or _goes_on(re.match(_STRING_CARD, image), 1) else ""


def _goes_on(found: re.Match[bytes] | None, group: int) -> bool:
    return found is not None and found[group] is not None and found[group].rstrip(b" ").endswith(b"&")


@header_rule("FITS011", "continued-reserved-keyword", on=("CONTINUE",))
def continued_reserved(indexed: HeaderIndex) -> Iterator[Problem]:
    """A keyword that the standard reserves is not continued.

    Readers of EXTNAME, TTYPEn or DATE-OBS do not look for CONTINUE cards; the standard allows them for other keywords
    only.

    How to fix: shorten the value to 68 characters.
    Source: FITS Standard 4.0, section 4.2.1.2.
    """
    _, owners = indexed.header.memo_by_bytes(_continued)
    for owner, index in owners.items():
        keyword = KEYWORDS[owner]
        if keyword is not None and keyword.types is not None:
            yield card_problem(
                f"{owner} is continued on a CONTINUE card",
                index,
                owner,
                "68 characters at most",
                "a continued string",
                group_key="reserved",
            )


_DISTORTION: Final = r"(?:DP|DQ|D2IM)[1-9]\d?[A-Z]?\Z"
_RECORD: Final = r"'([A-Za-z_][\w.]*): +[-+]?(?:\d+\.?\d*|\.\d+)(?:[ED][-+]?\d+)? *'\Z"


@header_rule("FITS012", "repeated-keyword", Severity.WARNING, on=("!repeated",))
def repeated(indexed: HeaderIndex) -> Iterator[Problem]:
    """A keyword appears once in a header.

    Of a keyword with different values no reader knows which one holds: CFITSIO takes the first, other readers the last.
    That is an error; the same value twice is a warning. Commentary may be repeated. Mandatory keywords have their own rule.
    The record-valued cards of the distortion convention (`DP1 = 'EXTVER: 1'`) are keywords of their own, each identified by the
    field that the value names.

    How to fix: remove all but the right one.
    Source: FITS Standard 4.0, section 4.1.2.3; Calabretta et al., Representations of distortions in FITS world coordinate
    systems (record-valued keywords).
    """
    for name, indices in repeated_keywords(indexed, mandatory=False).items():
        if re.match(_DISTORTION, name) and _are_records(indexed, indices):
            continue
        values = [_stated(indexed, i) for i in indices]
        differ = any(v != values[0] for v in values)
        yield card_problem(
            f"{name} appears {len(indices)} times" + (" with different values" if differ else ""),
            indices[1],
            name,
            "once",
            " and ".join(printable(v) for v in values[:2]),
            severity=Severity.ERROR if differ else None,
            group_key=f"{differ}",
        )


def repeated_keywords(indexed: HeaderIndex, mandatory: bool) -> dict[str, list[int]]:
    """Keywords, mandatory or not, that appear more than once, each with the indices of its cards."""
    first = indexed.header.first
    places: dict[str, list[int]] = {}
    for index, name in enumerate(indexed.names):
        if first[name] != index and name not in REPEATABLE:
            if name not in places:
                keyword = KEYWORDS[name]
                if not NAME(name) or (keyword is not None and keyword.fixed) is not mandatory:
                    continue
                places[name] = [first[name]]
            places[name].append(index)
    return places


def _are_records(indexed: HeaderIndex, indices: list[int]) -> bool:
    """Whether cards of one keyword are records ``'field: number'``, each of another field."""
    records = [re.match(_RECORD, _stated(indexed, index)) for index in indices]
    fields = {record[1] for record in records if record is not None}
    return len(fields) == len(indices)


def _stated(indexed: HeaderIndex, index: int) -> str:
    image = indexed.header.at(index).image[8:].decode("latin-1")
    kind, value, _ = parse_value(image[2:]) if image[:2] == "= " else (Kind.COMMENTARY, image.strip(" "), "")
    return quoted(value) if isinstance(value, str) else str(value) if kind is not Kind.UNDEFINED else "no value"


@header_rule("FITS013", "header-not-checked", on=("!cut",))
def not_checked(indexed: HeaderIndex) -> Iterator[Problem]:
    """Every header was checked to its end.

    Checking stops after 50,000 cards of a header, and after 1000 invalid cards of a header. A header with more is not a
    FITS header.

    How to fix: write the header again.
    Source: docs/design.md, "Bounds".
    """
    if indexed.cut and len(indexed.defective) < MAX_DEFECTIVE:
        text = f"has {len(indexed.names)} cards; those after card {MAX_CARDS} were not checked"
        yield card_problem(text, MAX_CARDS, None, f"at most {MAX_CARDS} cards", f"{len(indexed.names)} cards")
    elif indexed.cut:
        last = indexed.defective[-1][0]
        text = f"has {len(indexed.defective)} invalid cards up to card {last + 1}; those after it were not checked"
        yield card_problem(text, last, None, "a FITS header", f"{len(indexed.names)} cards")


@header_rule("FITS014", "hierarch-syntax", Severity.WARNING, on=("HIERARCH",))
def hierarch(indexed: HeaderIndex) -> Iterator[Problem]:
    """A HIERARCH card consists of words of `A-Z 0-9 - _`, an equals sign and a value, and no name is repeated.

    HIERARCH is a convention outside the standard, which treats such a card as a comment. Readers that support it take
    the text before `=` as the keyword. It is an error where what follows is no value: astropy refuses to verify the header.

    How to fix: write `HIERARCH WORD WORD = value`, or a keyword of 8 characters.
    Source: registered FITS convention HIERARCH; FITS Standard 4.0, section 4.1.2.3.
    """
    seen = set()
    for index, _ in indexed.each("HIERARCH"):
        image = indexed.header.image(index)
        found = re.match(_HIERARCH_CARD, image)
        name = found[1] if found else b""
        defect = "" if found else _hierarch_defect(image)
        if name and name in seen:
            defect = "repeats the name of another"
        seen.add(name)
        if defect:
            yield card_problem(
                f"card {index + 1} is a HIERARCH card that {defect}",
                index,
                "HIERARCH",
                "HIERARCH WORD ... = value",
                quoted(image.decode("latin-1").rstrip(" ")),
                severity=Severity.ERROR if _has_unreadable_value(image) else None,
                group_key=defect,
            )


_HIERARCH_CARD = rb"HIERARCH ++([A-Z0-9_-]++(?: [A-Z0-9_-]++)*) *+= *+(?:'(?:[^']++|'')*+'|[TF]|[+-]?[0-9.]++(?:[ED][+-]?[0-9]++)?)(?: *+/.*+)? *+\Z"


def _hierarch_defect(image: bytes) -> str:
    name, equals, field = image[8:].decode("latin-1").partition("=")
    if not name.startswith(" "):
        return "has no blank in byte 9"
    if not equals:
        return "has no `=`"
    if not name.strip(" ") or not all(NAME(word) for word in name.split(" ")):
        return "has an invalid character in its name"
    return "has a value that cannot be read" if parse_value(field)[0] in {Kind.MALFORMED, Kind.UNDEFINED} else ""


def _has_unreadable_value(image: bytes) -> bool:
    """Whether what follows `=` is no value, at which astropy stops when it verifies the header."""
    _, equals, field = image.decode("latin-1").partition("=")
    return bool(equals) and parse_value(field)[0] is Kind.MALFORMED


HEADER_RULES = (continued, continued_reserved, repeated, not_checked, hierarch)
