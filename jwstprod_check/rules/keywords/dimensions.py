"""KEY: the keywords that state the dimensions of the product."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Card, Kind, Scalar
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.dimensions import SolvedSymbol
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import (
    counting_symbols,
    dimension_keywords,
    dimensions,
    find_keyword,
    in_lower_case,
    is_faulty,
    unsound_counts,
)
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, quoted

_SEGMENT = ("INTSTART", "INTEND")


@rule("KEY001", "missing-keyword")
def missing(context: Context) -> Iterator[Outcome]:
    """The keywords that state the dimensions of the product are present.

    NGROUPS and NINTS are required, because the pipeline determines the size of its work from them; SUBSIZE1 and
    SUBSIZE2 are recommended, and a warning.

    How to fix: write the keyword in the primary header.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issues 438 and 5316.
    """
    homes = dimensions(context)
    for symbol in counting_symbols(context):
        for keyword in symbol.keywords if symbol.presence != "optional" else ():
            if homes[keyword] is not None:
                continue
            if in_lower_case(context.file.hdus[0].header, keyword):
                yield Skip(f"{keyword} is written in lower case", ("FITS002",), context.file.hdus[0])
            else:
                solved = context.solution.symbols.get(symbol.name)
                yield Problem(
                    f"{keyword} is missing ({symbol.meaning})",
                    hdu=context.file.hdus[0],
                    keyword=keyword,
                    expected=f"{keyword}, an integer",
                    found="missing",
                    hint=f"the arrays have {symbol.name} = {solved.value}" if solved else None,
                    severity=Severity.WARNING if symbol.presence == "recommended" else None,
                )


@rule("KEY002", "count-not-an-integer")
def not_integer(context: Context) -> Iterator[Outcome]:
    """A keyword that states a dimension is an integer.

    A count written as text (`'5'`) or as a float is silently read and never equals an integer. A card that cannot be
    read at all is reported by the FITS rules instead.

    How to fix: write the number without quotes and without a decimal point.
    Source: stdatamodels 6.0.0, core.schema.yaml; FITS Standard 4.0, section 4.2.3; mirage issue 704.
    """
    for keyword, home in dimensions(context).items():
        if home is None or home[1].kind is Kind.INTEGER:
            continue
        hdu, card = home
        if card.kind is Kind.MALFORMED:
            yield Skip(f"{keyword}: its card is malformed, which the FITS rules report", ("FITS",), hdu)
        else:
            shown = quoted(str(card.value)) if card.kind is Kind.STRING else str(card.value)
            yield Problem(
                f"{keyword} is {_value(card)}, expected an integer",
                hdu=hdu,
                keyword=keyword,
                expected="an integer",
                found=f"{shown} ({card.kind})",
                offset=card.offset,
            )


def _value(card: Card) -> str:
    if card.value is None:
        return "without a value"
    if isinstance(card.value, bool):
        return "the logical " + ("T" if card.value else "F")
    return f"the {card.kind} {quoted(str(card.value))}"


@rule("KEY003", "count-not-positive")
def not_positive(context: Context) -> Iterator[Outcome]:
    """A keyword that states a dimension is at least 1.

    An exposure has at least one group, integration, column and row; the pipeline cannot process a smaller number. The
    keywords of integrations are checked in every product, whether its arrays have integrations or not.

    How to fix: write the number of groups, integrations, columns or rows that the arrays have.
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    integrations = {keyword: find_keyword(context, keyword) for keyword in ("NINTS", *_SEGMENT)}
    for keyword, home in {**dimensions(context), **integrations}.items():
        if home is not None and home[1].kind is Kind.INTEGER and isinstance(home[1].value, int) and home[1].value < 1:
            yield Problem(
                f"{keyword} is {home[1].value}, expected at least 1",
                hdu=home[0],
                keyword=keyword,
                expected="at least 1",
                found=str(home[1].value),
                offset=home[1].offset,
            )


@rule("KEY004", "segment-range")
def segment(context: Context) -> Iterator[Outcome]:
    """INTSTART and INTEND appear together, in order, and within NINTS.

    They state which integrations of the exposure a segment contains. Without one of them the pipeline uses NINTS, which
    counts the whole exposure. Where NINTS is too small for them but the arrays agree with them, NINTS is reported; so
    is a NINTS that is too large in a file that is not a segment (no `-seg` in its name, no EXSEGNUM or EXSEGTOT). What was
    combined from several exposures has NINTS of one of them and the smallest INTSTART and largest INTEND of all, so there
    NINTS may be too small, and one that is too large is a warning.

    How to fix: write both keywords, or neither for an exposure without segments.
    Source: jwst issues 5316 and 10688; jwst documentation, data_products/file_naming.rst (segmented products);
    stdatamodels 6.0.0, core.schema.yaml (blend_rule of INTSTART and INTEND).
    """
    unsound = sorted({*_SEGMENT, "NINTS"} & unsound_counts(context))
    if unsound:
        yield Skip(
            f"{listed(unsound)} {'is' if len(unsound) == 1 else 'are'} not a valid number", ("KEY002", "KEY003", "FITS")
        )
    problem = _segment_problem(context)
    if problem is not None:
        yield problem


def _segment_problem(context: Context) -> Problem | None:
    value = context.facts.keyword
    if _is_whole(value("INTSTART"), value("INTEND"), value("NINTS")):
        return None
    # An association of the third stage gives files of one exposure as well.
    name = context.product.file_name
    combined = name is not None and name.combined and not any(n in dimension_keywords(context) for n in _SEGMENT)
    start, end = (find_keyword(context, k) for k in _SEGMENT)
    if start is None and end is None:
        return None
    if start is None or end is None:
        lost, kept = _SEGMENT if start is None else _SEGMENT[::-1]
        return Problem(
            f"{lost} is missing, but {kept} is present",
            hdu=context.file.hdus[0],
            keyword=lost,
            expected=f"both {listed(_SEGMENT)} or neither",
            found=f"{kept} only",
        )
    if is_faulty(start[1]) or is_faulty(end[1]):
        return None
    first, last = (home[1].value for home in (start, end))
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    if first > last:
        return Problem(
            f"INTSTART = {first} is after INTEND = {last}",
            hdu=end[0],
            keyword="INTEND",
            expected=f"at least INTSTART = {first}",
            found=str(last),
            offset=end[1].offset,
        )
    whole = find_keyword(context, "NINTS")
    if whole is None or is_faulty(whole[1]) or not isinstance(whole[1].value, int):
        return None
    if combined:
        return _whole_problem(context, whole, first, last, Severity.WARNING) if whole[1].value >= last else None
    # Where the arrays agree with INTSTART and INTEND, it is NINTS that is wrong.
    counted = [
        s
        for s in context.solution.symbols.values()
        if s.statement is not None and "INTEND" in s.statement.names and s.measurements
    ]
    agreed = any(not s.contradicted for s in counted)
    if whole[1].value >= last:
        return _whole_problem(context, whole, first, last) if agreed or not counted else None
    home, expected, found = (
        (whole, f"at least INTEND = {last}", str(whole[1].value))
        if agreed
        else (end, f"at most NINTS = {whole[1].value}", str(last))
    )
    return Problem(
        f"INTEND = {last} is beyond NINTS = {whole[1].value}",
        hdu=home[0],
        keyword=home[1].keyword,
        expected=expected,
        found=found,
        offset=home[1].offset,
    )


def _is_whole(start: Scalar, end: Scalar, nints: Scalar) -> bool:
    """Whether the integrations are those from any first one to the last of the exposure."""
    return type(start) is type(end) is int and type(nints) is int and 1 <= start <= end == nints


def _whole_problem(
    context: Context, whole: tuple[Hdu, Card], first: int, last: int, severity: Severity | None = None
) -> Problem | None:
    """NINTS beyond INTEND, in a file that is not identified as a segment of a longer exposure."""
    if whole[1].value == last or first > 1 or _is_segment(context):
        return None
    return Problem(
        f"NINTS = {whole[1].value}, but the file is not a segment and has INTSTART = {first} to INTEND = {last}",
        hdu=whole[0],
        keyword="NINTS",
        expected=str(last),
        found=str(whole[1].value),
        offset=whole[1].offset,
        severity=severity,
    )


def _is_segment(context: Context) -> bool:
    """Whether a name or a keyword identifies the file as a segment; a file without any name may be one."""
    given = context.product.file_name
    named = (given.base if given is not None else "", str(context.facts.keyword("FILENAME") or ""))
    total = context.facts.keyword("EXSEGTOT")
    numbered = context.facts.keyword("EXSEGNUM") is not None and total != 1
    return numbered or not any(named) or any("-seg" in name for name in named) or (isinstance(total, int) and total > 1)


@rule("KEY005", "keyword-contradicts-arrays")
def contradicts(context: Context) -> Iterator[Outcome]:
    """A keyword that states a dimension agrees with the arrays.

    One finding covers all arrays: where they agree with each other, the keyword is wrong. A keyword that KEY002, KEY003
    or KEY004 reports is not reported again. NINTS counts the whole exposure and may exceed the number of integrations
    in the file where INTSTART and INTEND are present.

    How to fix: correct the keyword, or write the arrays with the size that it states.
    Source: jwst issue 438 and pull request 5872 (NGROUPS), issues 5316 (segments) and 3424 (SUBSIZE swapped).
    """
    unsound = unsound_counts(context)
    if unsound & set(_SEGMENT) or _segment_problem(context) is not None:
        unsound |= {*_SEGMENT, "NINTS"}
    for name, solved in context.solution.symbols.items():
        statement = solved.statement
        if statement is None or not solved.contradicted:
            continue
        if unsound & set(statement.names):
            yield Skip(f"{name}: another rule reports {listed(statement.names)}", ("KEY", "FITS"))
            continue
        homes = {k: find_keyword(context, k) for k in statement.names}
        keyword = "INTEND" if "INTEND" in homes else next(iter(statement.names))
        home = homes[keyword]
        written = ", ".join(f"{k} = {context.facts.keyword(k)}" for k in statement.names)
        hdu = home[0] if home else context.file.hdus[0]
        said = "" if statement.text in statement.names else f", so {statement.text} = {statement.value}"
        arrays = [v.label for v in solved.measurements if v.value == solved.value]
        yield Problem(
            f"{written}{said}, but {name} is {solved.value} in {listed(arrays, 6)}",
            hdu=hdu,
            keyword=keyword,
            expected=f"{statement.text} = {solved.value}",
            found=str(statement.value),
            offset=home[1].offset if home else None,
        )
    for own in context.solution.sets.values():
        yield from (_in_set(context, solved) for solved in own.values() if solved.contradicted)


def _in_set(context: Context, solved: SolvedSymbol) -> Problem:
    """The header of a set's first HDU, its SCI, states another size than its arrays have."""
    statement, home = solved.statement, context.file.hdus[solved.measurements[0].hdu]
    text, value = (statement.text, statement.value) if statement is not None else ("", 0)
    arrays = [v.label for v in solved.measurements if v.value == solved.value]
    return Problem(
        f"{text} = {value} in {home.label}, but {solved.name} is {solved.value} in {listed(arrays, 3)}",
        hdu=home,
        keyword=text,
        expected=f"{text} = {solved.value}",
        found=str(value),
        group_key=f"{text} of a set",
    )


RULES = (missing, not_integer, not_positive, segment, contradicts)
