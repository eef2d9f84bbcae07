"""FITS: headers compared with each other. Names of HDUs, EXTEND, INHERIT."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted


@rule("FITS090", "hdus-of-one-name", Severity.WARNING, scope="walk")
def same_name(context: Context) -> Iterator[Outcome]:
    """No two extensions have the same XTENSION, EXTNAME and EXTVER; a missing EXTVER counts as 1.

    Readers that look up an HDU by name use the first and never see the second. For HDUs of the product's table HDU003
    reports it.

    How to fix: give each of them its own EXTVER.
    Source: FITS Standard 4.0, section 4.4.2.6.
    """
    if len(context.file.by_name) == len(context.file.hdus):
        return
    known = frozenset[str]()
    if context.known:
        known = frozenset(hdu.name for m in context.matching.matches if m.row.extname for hdu in m.hdus)
    seen: dict[tuple[str, str, int, int], int] = {}
    for hdu in context.file.hdus:
        if not hdu.name or hdu.index == 0 or hdu.name in known:
            continue
        key = (hdu.xtension or "", hdu.name, hdu.extver, hdu.header.integer("EXTLEVEL") or 1)
        first = seen.setdefault(key, hdu.index)
        if first != hdu.index:
            yield Problem(
                f"HDU {first} and HDU {hdu.index} have the same EXTNAME {quoted(hdu.name)} and EXTVER {hdu.extver}",
                hdu=hdu,
                keyword="EXTVER" if "EXTVER" in hdu.header else "EXTNAME",
                expected="different EXTVER",
                found=f"EXTVER {hdu.extver} in both",
                group_key=f"twice {hdu.name}",
            )


@rule("FITS091", "extend-is-false", scope="walk")
def extend(context: Context) -> Iterator[Outcome]:
    """EXTEND is not F in a file that has extensions.

    EXTEND may be missing, but F states that nothing follows the primary HDU, and readers may rely on it.

    How to fix: write EXTEND = T, or leave it out.
    Source: FITS Standard 4.0, section 4.4.2.1.
    """
    primary = context.file.hdus[0]
    if len(context.file.hdus) > 1 and primary.header.value("EXTEND") is False:
        card = primary.header.card("EXTEND")
        yield Problem(
            f"EXTEND is F, but the file has {len(context.file.hdus) - 1} extension{'s' * (len(context.file.hdus) > 2)}",
            hdu=primary,
            keyword="EXTEND",
            expected="T",
            found="F",
            offset=card.offset if card is not None else None,
        )


@rule("FITS092", "inherit-with-primary-data", Severity.WARNING, scope="walk")
def inherit(context: Context) -> Iterator[Outcome]:
    """No extension inherits from a primary header that describes data of its own.

    With INHERIT = T an extension takes over the keywords of the primary header, and with them those that describe the
    data of the primary HDU.

    How to fix: set INHERIT = F, or keep the primary HDU without data.
    Source: FITS Standard 4.0, section 4.4.2.6 and appendix K.
    """
    if not context.file.hdus[0].axes:
        return
    for hdu in context.file.hdus[1:]:
        if "INHERIT" in hdu.header and hdu.header.value("INHERIT") is not False:
            yield Problem(
                f"{hdu.label} has INHERIT, but the primary HDU contains data",
                hdu=hdu,
                keyword="INHERIT",
                expected="no INHERIT, or a primary HDU without data",
                found="INHERIT = T",
                group_key="inherit",
            )


RULES = (same_name, extend, inherit)
