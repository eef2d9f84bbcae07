"""SET: the files of one exposure. Its segments, its stages, the software that made them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from jwstprod_check.delivery.set_rule import Entry, SetProblem, set_rule
from jwstprod_check.engine.identity import OF_EXPOSURE
from jwstprod_check.findings import Severity
from jwstprod_check.text import listed, plural, quoted


def _by_suffix(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.identity.suffix, []).append(entry)
    return groups


@set_rule("SET001", "file-twice", Severity.WARNING)
def twice(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """A product of an exposure is in the set once.

    Of two files that are the same product of the same exposure, and the same segment, an archive keeps one. In a set that
    claims to be whole (`--complete`) it is an error, elsewhere a warning: a folder may hold two versions.

    How to fix: remove one of the files.
    Source: jwst documentation, data_products/file_naming.rst (names identify files).
    """
    for suffix, files in _by_suffix(entries).items():
        places: dict[int | None, list[Entry]] = {}
        for entry in files:
            places.setdefault(entry.identity.segment, []).append(entry)
        for segment, same in places.items():
            if len(same) > 1:
                part = f", segment {segment}," if segment is not None else ""
                yield SetProblem(
                    f"{exposure}_{suffix}{part} is in the set {len(same)} times",
                    [entry.path for entry in same],
                    expected="one file",
                    found=plural(len(same), "file"),
                    severity=Severity.ERROR if whole else None,
                )


@set_rule("SET002", "segment-missing", Severity.WARNING)
def incomplete(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """All segments of an exposure are in the set: 1 to EXSEGTOT.

    A time series is analysed as a whole; without a segment its light curve has a gap. In a set that claims to be whole
    (`--complete`) it is an error, elsewhere a warning.

    How to fix: add the missing segments.
    Source: jwst documentation, data_products/file_naming.rst (segmented products).
    """
    for suffix, files in _by_suffix(entries).items():
        segments = {entry.identity.segment for entry in files if entry.identity.segment is not None}
        total = max((entry.number("EXSEGTOT") or 0 for entry in files), default=0)
        missing = [number for number in range(1, min(total, 999) + 1) if number not in segments]
        if segments and missing:
            present = listed(map(str, sorted(segments)))
            yield SetProblem(
                f"{exposure}_{suffix} lacks segment {listed(map(str, missing))} of {total}; it has {present}",
                [entry.path for entry in files],
                keyword="EXSEGTOT",
                expected=f"segments 1 to {total}",
                found=present,
                severity=Severity.ERROR if whole else None,
            )


@set_rule("SET003", "segments-contradict")
def segments(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """The segments of an exposure agree on their number, and their integrations follow each other.

    INTSTART of a segment is one more than INTEND of the segment before it. Where they overlap or leave a gap, integrations
    are counted twice or lost when the segments are combined.

    How to fix: correct INTSTART, INTEND or EXSEGTOT, or make the segments again.
    Source: jwst documentation, data_products/file_naming.rst (segmented products).
    """
    del whole
    for suffix, files in _by_suffix(entries).items():
        parts = sorted((e for e in files if e.identity.segment is not None), key=lambda e: e.identity.segment or 0)
        totals = sorted({total for entry in parts if (total := entry.number("EXSEGTOT")) is not None})
        if len(totals) > 1:
            yield SetProblem(
                f"the segments of {exposure}_{suffix} state different EXSEGTOT: {listed(map(str, totals))}",
                [entry.path for entry in parts],
                keyword="EXSEGTOT",
                expected="one number of segments",
                found=listed(map(str, totals)),
            )
        for one, following in pairwise(parts):
            end, start = one.number("INTEND"), following.number("INTSTART")
            adjacent = (one.identity.segment or 0) + 1 == following.identity.segment
            if adjacent and end is not None and start is not None and start != end + 1:
                yield SetProblem(
                    f"segment {following.identity.segment} of {exposure}_{suffix} begins with integration {start}, "
                    f"but segment {one.identity.segment} ends with {end}",
                    [one.path, following.path],
                    keyword="INTSTART",
                    expected=f"INTSTART = {end + 1}",
                    found=f"INTSTART = {start}",
                )


@set_rule("SET004", "mixed-versions", Severity.WARNING)
def versions(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """The files of one exposure were made by one release of the pipeline, with one context of reference files.

    Stages of different releases do not belong together: the calibrated file is not what the pipeline makes of the slopes
    beside it. Raw data are left aside.

    How to fix: make all files of the exposure again with one release and one context.
    Source: keywords CAL_VER and CRDS_CTX (stdatamodels 6.0.0, core.schema.yaml).
    """
    del whole
    for keyword in ("CAL_VER", "CRDS_CTX"):
        made = [e for e in entries if e.identity.suffix != "uncal" and isinstance(e.value(keyword), str)]
        found = listed(map(quoted, sorted({str(entry.value(keyword)) for entry in made})))
        if len({entry.value(keyword) for entry in made}) > 1:
            yield SetProblem(
                f"the files of {exposure} have different {keyword}: {found}",
                [entry.path for entry in made],
                keyword=keyword,
                expected=f"one {keyword}",
                found=found,
            )


@set_rule("SET005", "stages-contradict")
def stages(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """What is stated of an exposure is the same in its files of all stages.

    The pipeline hands PROGRAM, DETECTOR, DATE-OBS, NINTS, NGROUPS and the like on from stage to stage. Where they differ, a
    file was edited, or it belongs to another exposure than its name states.

    How to fix: correct the keyword, or the name of the file that differs.
    Source: jwst documentation, pipeline/main.rst (stages); stdatamodels 6.0.0, core.schema.yaml.
    """
    del whole
    for keyword in OF_EXPOSURE:
        stated: dict[object, list[Entry]] = {}
        for entry in entries:
            value = entry.value(keyword)
            if value is not None and value != "":
                stated.setdefault(value, []).append(entry)
        if len(stated) > 1:
            fewest = min(stated.values(), key=len)
            values = listed(quoted(v) if isinstance(v, str) else str(v) for v in stated)
            alone = len(fewest) == 1 and len(entries) > 2
            yield SetProblem(
                f"the files of {exposure} have different {keyword}: {values}",
                [entry.path for entry in entries if entry.value(keyword) not in (None, "")],
                keyword=keyword,
                expected=f"one {keyword}",
                found=values,
                hint=f"{fewest[0].path} differs from the others" if alone else None,
            )


@set_rule("SET006", "guide-star-catalogue-lost", Severity.WARNING)
def catalogue(exposure: str, entries: Sequence[Entry], whole: bool) -> Iterator[SetProblem]:
    """GSC_VER of the raw data is kept in the later stages.

    Without the version of the guide-star catalogue the pointing of a product cannot be traced.

    How to fix: make the file again from the raw data, or copy GSC_VER.
    Source: keyword GSC_VER (stdatamodels 6.0.0, core.schema.yaml).
    """
    del whole
    raw = [e for e in entries if e.identity.suffix == "uncal" and e.value("GSC_VER")]
    lost = [e for e in entries if e.identity.suffix != "uncal" and not e.value("GSC_VER")]
    if raw and lost:
        yield SetProblem(
            f"GSC_VER of the raw data of {exposure} is lost in {plural(len(lost), 'file')}",
            [entry.path for entry in (*raw[:1], *lost)],
            keyword="GSC_VER",
            expected=quoted(str(raw[0].value("GSC_VER"))),
            found="missing",
        )


RULES = (twice, incomplete, segments, versions, stages, catalogue)
