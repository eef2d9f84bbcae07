"""HDU: HDUs that come in sets, one for each EXTVER, as the slits of a multi-slit product. Complete, from 1 to n."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.rows import Match, is_near
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, quoted


class Sets(msgspec.Struct, frozen=True):
    """The sets of a file.

    ``members`` are the rows of a set that the file has at all, ``required`` those of them that no set may lack.
    ``extvers`` are the sets: EXTVERs that at least half of the required rows have. ``strays`` are HDUs of another
    EXTVER; ``present`` has the EXTVERs of each row.
    """

    members: tuple[Match, ...]
    required: tuple[Match, ...]
    extvers: tuple[int, ...]
    strays: dict[str, list[Hdu]]
    present: dict[str, frozenset[int]]

    def surplus(self, match: Match) -> int:
        """Count the HDUs of a row that repeat the EXTVER of another."""
        return len(match.hdus) - len(self.present[match.row.name])


def find_sets(context: Context) -> Sets | None:
    """Return the sets of a file; None where the product has none or the file lacks all that make one."""
    return context.by_file(_find_sets) if context.set_rows else None


def _find_sets(context: Context) -> Sets | None:
    members = tuple(m for m in context.matching.found if m.row.name in context.set_rows)
    required = tuple(m for m in members if not m.row.optional)
    if not required:
        return None
    present = {m.row.name: frozenset(h.extver for h in m.hdus) for m in members}
    # A misspelt HDU tells of its set as the others do.
    counts = Counter(e for m in required for e in present[m.row.name] | {h.extver for h in m.near_in_sets})
    extvers = {extver for extver, count in counts.items() if 2 * count >= len(required)} or set(counts)
    strays = {m.row.name: [h for h in (*m.hdus, *m.near_in_sets) if h.extver not in extvers] for m in members}
    return Sets(members, required, tuple(sorted(extvers)), strays, present)


def is_missing_member(sets: Sets, name: str, extver: int) -> bool:
    """Whether HDU009 or HDU010 reports an HDU as missing: one that its set must have, or one of a set that is left out."""
    if extver in sets.extvers:
        return any(m.row.name == name and extver not in sets.present[name] for m in sets.required)
    return 1 <= extver < sets.extvers[-1] and any(m.row.name == name for m in sets.members)


@rule("HDU009", "incomplete-set")
def incomplete(context: Context) -> Iterator[Outcome]:
    """Every set of HDUs is complete: each slit has all the HDUs that a slit must have.

    Readers combine SCI, ERR and DQ of a slit by EXTVER. A missing HDU leaves the others without their counterpart, or
    readers that count HDUs combine them with the wrong slit.

    How to fix: write the HDU, or correct the EXTVER or EXTNAME that the hint names.
    Source: stdatamodels 6.0.0, multislit.schema.yaml; jwst issue 1074.
    """
    sets = find_sets(context)
    if sets is None:
        return
    if not context.file.complete:
        yield Skip("the file could not be read to its end; the rest of the sets may be there", ("FILE",))
        return
    paired: set[int] = set()
    for match in sets.required:
        lost = [extver for extver in sets.extvers if extver not in sets.present[match.row.name]]
        if lost and len(lost) <= sets.surplus(match):
            yield Skip(f"{match.row.name}: a finding of HDU003 comes first", ("HDU003",))
            continue
        strays = iter(sets.strays[match.row.name])
        misspelt = {h.extver: h for h in match.near_in_sets}
        for extver in lost:
            stray = next(strays, None)
            if stray is not None:
                paired.add(stray.index)
            yield _lost(match, extver, sets, misspelt.get(extver), stray)
    for match in sets.members:
        for hdu in sets.strays[match.row.name]:
            if hdu.index not in paired:
                yield Problem(
                    f"{hdu.label} (HDU {hdu.index}) belongs to no set: no other HDU has EXTVER {hdu.extver}",
                    hdu=hdu,
                    keyword="EXTVER",
                    expected=f"the EXTVER of a set, {_range(sets.extvers)}",
                    found=str(hdu.extver),
                    group_key="stray",
                )


def _lost(match: Match, extver: int, sets: Sets, misspelt: Hdu | None, stray: Hdu | None) -> Problem:
    name = match.row.name
    others = [m.row.name for m in sets.required if m is not match and extver in sets.present[m.row.name]]
    hint = None
    if misspelt is not None:
        alike = "a similar name" if is_near(misspelt.name, name) else "the expected data at the expected place"
        hint = f"HDU {misspelt.index} {quoted(misspelt.extname or '')} has {alike} and that EXTVER; correct its EXTNAME"
    elif stray is not None:
        hint = f"HDU {stray.index} is {stray.label} and belongs to no set; correct its EXTVER"
    hdu = misspelt or stray
    return Problem(
        f"{name} is missing for EXTVER {extver}"
        + (f", which {listed(others, 3)} {'has' if len(others) == 1 else 'have'}" if others else ""),
        hdu=hdu,
        extname=name,
        extver=extver,
        keyword=None if hdu is None else "EXTNAME" if misspelt is not None else "EXTVER",
        expected=f"{name} for EXTVER {_range(sets.extvers)}",
        found="missing" if hdu is None else hdu.label,
        hint=hint,
        group_key=f"incomplete {name}",
    )


def _range(extvers: tuple[int, ...]) -> str:
    return f"{extvers[0]} to {extvers[-1]}" if len(extvers) > 1 else str(extvers[0])


@rule("HDU010", "extver-gap")
def gap(context: Context) -> Iterator[Outcome]:
    """The sets are numbered from 1 without a gap.

    The pipeline numbers slits, orders and exposures in this way. A gap means that a set was lost, or that the file was
    put together from others.

    How to fix: write the missing set, or number the sets from 1.
    Source: stdatamodels, fits_support.py (EXTVER of a list's members); jwst issue 1074.
    """
    sets = find_sets(context)
    if sets is None or sets.extvers == tuple(range(1, len(sets.extvers) + 1)):
        return
    gaps, before = [], 0
    for extver in sets.extvers:
        if extver > before + 1:
            gaps.append(str(before + 1) if extver == before + 2 else f"{before + 1} to {extver - 1}")
        before = max(extver, before)
    if any(sets.surplus(m) >= len(gaps) for m in sets.required):
        yield Skip("a finding of HDU003 comes first", ("HDU003",))
        return
    first = next(e for n, e in enumerate(sets.extvers, 1) if e != n)
    hdu = next(h for m in sets.required for h in (*m.hdus, *m.near_in_sets) if h.extver == first)
    missing = (
        f"{listed(gaps)} {'is' if len(gaps) == 1 and ' ' not in gaps[0] else 'are'} missing" if gaps else "not from 1"
    )
    yield Problem(
        f"the sets have EXTVER {listed(str(e) for e in sets.extvers)}: {missing}",
        hdu=hdu,
        keyword="EXTVER",
        expected=f"EXTVER 1 to {len(sets.extvers)}, or the missing sets",
        found=listed(str(e) for e in sets.extvers),
    )


@rule("HDU011", "extver-absent", Severity.WARNING, gives_way_to=("HDU003",))
def extver_absent(context: Context) -> Iterator[Outcome]:
    """Every HDU has an EXTVER where HDUs come in several sets.

    A missing EXTVER counts as 1, but the archive's database rejects HDUs of a multi-slit product without it.

    How to fix: write EXTVER.
    Source: FITS Standard 4.0, section 4.4.2.6; jwst issue 1074.
    """
    sets = find_sets(context)
    if sets is None or len(sets.extvers) < 2:
        return
    for row, hdu in context.pairs():
        if row.name in context.set_rows and "EXTVER" not in hdu.header:
            yield Problem(
                f"{row.name} (HDU {hdu.index}) has no EXTVER",
                hdu=hdu,
                keyword="EXTVER",
                expected="EXTVER = 1",
                found="missing",
                group_key="no EXTVER",
            )


@rule("HDU013", "extver-not-one", Severity.WARNING, gives_way_to=("HDU003",))
def extver_not_one(context: Context) -> Iterator[Outcome]:
    """The EXTVER of an HDU of which there is only one is 1.

    The ASDF tree links arrays by EXTNAME and EXTVER, so the data models stop at a file whose HDUs were numbered otherwise;
    programs that ask for `SCI,1` do not find it. HDUs that come in sets are numbered from 1 as well (HDU010).

    How to fix: write EXTVER = 1.
    Source: FITS Standard 4.0, section 4.4.2.6 (the default is 1); stdatamodels 6.0.0, fits_support.py (a link is
    `fits:NAME,VER`).
    """
    for found in context.matching.found:
        if found.row.name in context.set_rows or found.row.repeats or len(found.hdus) != 1 or not found.row.extname:
            continue
        (hdu,) = found.hdus
        if hdu.extver != 1 and hdu.index not in context.excluded:
            yield Problem(
                f"{hdu.name} has EXTVER {hdu.extver}, and there is no other {hdu.name}",
                hdu=hdu,
                keyword="EXTVER",
                expected="EXTVER = 1",
                found=str(hdu.extver),
                group_key="extver not one",
            )


RULES = (incomplete, gap, extver_absent, extver_not_one)
