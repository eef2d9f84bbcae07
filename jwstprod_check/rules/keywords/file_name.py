"""KEY: the name of the file compared with its header."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted

_COMPRESSIONS: Final = (".gz", ".fz", ".bz2")

_FIELDS: Final = {
    "program": "PROGRAM",
    "observation": "OBSERVTN",
    "visit": "VISIT",
    "exposure": "EXPOSURE",
    "segment": "EXSEGNUM",
    "detector": "DETECTOR",
    "instrument": "INSTRUME",
}
"""Fields of a name and the keywords that state them. Simulators do not fill VISITGRP, SEQ_ID and ACT_ID."""


def without_compression(name: str) -> str:
    """Return a file name without the extension of a compression."""
    for ending in _COMPRESSIONS:
        name = name.removesuffix(ending)
    return name


@rule("KEY025", "filename-keyword", Severity.WARNING)
def filename(context: Context) -> Iterator[Outcome]:
    """FILENAME is the name of the file, apart from the extension of a compression.

    Associations and the archive take the name from the header; neither finds a copy under another name.

    How to fix: rename the file as its header states, or write the new name into FILENAME.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issue 5324.
    """
    name = context.product.file_name
    header = context.file.hdus[0].header
    said = header.string("FILENAME")
    if name is None or not said or without_compression(said) == without_compression(name.base):
        return
    card = header.card("FILENAME")
    yield Problem(
        f"FILENAME is {quoted(said)}, but the name of the file is {quoted(name.base)}",
        hdu=context.file.hdus[0],
        keyword="FILENAME",
        expected=quoted(without_compression(name.base)),
        found=quoted(said),
        offset=card.offset if card is not None else None,
    )


@rule(
    "KEY026",
    "name-contradicts-header",
    Severity.WARNING,
    gives_way_to=("KEY020", "KEY021", "KEY022", "KEY023", "KEY025"),
)
def name_fields(context: Context) -> Iterator[Outcome]:
    """Program, observation, visit, exposure, segment, detector and instrument in the name agree with the header.

    Associations are made by the name, reference files are chosen by the header. Numbers are compared as numbers. A copy
    under another name (KEY025) is not reported twice.

    How to fix: rename the file, or correct the keyword.
    Source: jwst documentation, data_products/file_naming.rst.
    """
    name = context.product.file_name
    if name is None or context.excluded:
        return
    header = context.file.hdus[0].header
    wrong = []
    for field, text in name.fields.items():
        keyword = _FIELDS.get(field)
        value = header.value(keyword) if keyword else None
        # A value of the wrong type is another finding (KEY010).
        if type(value) is not (int if keyword == "EXSEGNUM" else str) or value in {"", "MULTIPLE", "N/A"}:
            continue
        if keyword and not _same(text, value):
            wrong.append((field, text, keyword, value))
    if wrong:
        keyword = wrong[0][2]
        card = header.card(keyword)
        said = "; ".join(
            f"{field} {quoted(text)}, but {k} = {quoted(v) if isinstance(v, str) else v}" for field, text, k, v in wrong
        )
        yield Problem(
            f"the file name contradicts the header: {said}",
            hdu=context.file.hdus[0],
            keyword=keyword,
            expected=", ".join(f"{k} = {text}" for _, text, k, _ in wrong),
            found=", ".join(f"{k} = {quoted(str(v))}" for _, _, k, v in wrong),
            offset=card.offset if card is not None else None,
        )


def _same(text: str, value: str | int) -> bool:
    if text == value:
        return True
    said = str(value).strip().lower()
    if text.isdigit() and said.isascii() and said.isdigit() and len(said) < 20:
        return int(text) == int(said)
    return text == said


RULES = (filename, name_fields)
