"""What is wrong with a label of MAST's uploader that its tool does not report, or reports too late.

What is known of mast-transfer-tools 1.0.3: its local commands search a pattern in a path as it is given, its server matches it with
the base name; it compares an object without ``name`` with nothing, which never passes; it never ends on a file that has
more HDUs than its filetype has objects.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from jwstprod_check.delivery.label_read import Node, expression, included
from jwstprod_check.text import listed, quoted

_OBJTYPES: Final = ("primary", "image", "compimage", "bintable")
_DTYPES: Final = frozenset(["f8", "f4", "i8", "i4", "i2", "u8", "u4", "u2", "u1"])
_STANDARDS: Final = ("fits", "asdf", "parquet", "unspecified")
_SKIPS: Final = ("all", "name", "objtype", "array_props", "dtype", "ndim", "schema", "metadata", "hook", "standard")
_NUMBER: Final = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[\d_]*\.?[\d_]+(?:[eE][+-]?\d+)?|inf|nan)", re.IGNORECASE
)
_WORDS: Final = frozenset({"true", "false", "null", "none", "undefined"})

_TOP: Final = {
    "dataset": True,
    "delivery_id": True,
    "time": True,
    "delivery_meta": True,
    "contacts": False,
    "shared_name_patterns": False,
    "filetypes": False,
    "custom_metadata": False,
}
"""Keys of a label; whether each is required."""

_FILETYPE: Final = ("filename", "ignore", "standard", "objects", "validation_options")
_OBJECT: Final = (
    "objtype",
    "name",
    "name_regex",
    "repeated",
    "optional",
    "dtype",
    "ndim",
    "schema",
    "metadata",
    "value",
    "value_regex",
)
_COLUMN: Final = ("name", "dtype", "ndim", "repeated", "name_regex")
_METADATA: Final = ("value", "value_regex", "index", "objtype")


class LabelFinding(NamedTuple):
    """Something that is wrong: the line of the label, the place as the tool names it, and what to do."""

    line: int
    place: str
    text: str


def lint_label(label: Node) -> Iterator[LabelFinding]:
    """Report what is wrong with a label, whatever the files are."""
    yield from _keys(label, "/", tuple(_TOP))
    for key, required in _TOP.items():
        if required and label.get(key) is None:
            yield LabelFinding(label.line, f"/{key}", "it is missing, and required")
    if label.get("time") is not None and label.value["time"].get("delivery_start_date") is None:
        yield LabelFinding(label.value["time"].line, "/time/delivery_start_date", "it is missing, and required")
    if label.get("delivery_meta") is not None and label.value["delivery_meta"].get("schema_version") is None:
        yield LabelFinding(
            label.value["delivery_meta"].line, "/delivery_meta/schema_version", "it is missing, and required"
        )
    types = label.pairs("filetypes")
    for name, one in types.items():
        yield from _filetype(one, f"/filetypes/{name}")
    yield from _same_patterns(types)


def _keys(node: Node, place: str, known: tuple[str, ...]) -> Iterator[LabelFinding]:
    from jwstprod_check.near import nearest

    for key in node.twice:
        yield LabelFinding(node.line, place, f"{quoted(key)} appears twice")
    for key, part in node.value.items() if isinstance(node.value, dict) else ():
        if key not in known:
            near = nearest(key, known, 0.7)
            hint = f"; {quoted(near)} is" if near else f"; known are {listed(known)}"
            yield LabelFinding(part.line, f"{place.rstrip('/')}/{key}", f"the key is not known{hint}")


def _filetype(one: Node, place: str) -> Iterator[LabelFinding]:
    yield from _keys(one, place, _FILETYPE)
    patterns = one.items("filename")
    for number, pattern in enumerate(patterns):
        yield from _pattern(pattern, f"{place}/filename/{number}")
    if not any(included(pattern) for pattern in patterns):
        yield LabelFinding(
            one.line, f"{place}/filename", "no pattern says which files are of this type; at least one must"
        )
    standard = one.text("standard")
    if standard is not None and standard.lower() not in _STANDARDS:
        text = f"files of the standard {quoted(standard)} pass by their names alone; the tool looks into fits, asdf and parquet"
        yield LabelFinding(one.value["standard"].line, f"{place}/standard", text)
    if one.is_true("ignore"):
        for key in ("standard", "objects"):
            if one.get(key) is not None:
                yield LabelFinding(one.value[key].line, f"{place}/{key}", "an ignored filetype must not have it")
    options = one.get("validation_options")
    skips = [word.value for word in options.items("skip") if isinstance(word.value, str)] if options is not None else []
    for word in skips:
        if word not in _SKIPS and options is not None:
            text = f"{quoted(word)} skips nothing; known are {listed(_SKIPS)}"
            yield LabelFinding(options.value["skip"].line, f"{place}/validation_options/skip", text)
    if (standard or "").lower() == "fits":
        yield from _objects(one, place, skips)


def _pattern(node: Node, place: str) -> Iterator[LabelFinding]:
    pattern = expression(node)
    if pattern is None:
        yield LabelFinding(node.line, place, "it is no pattern")
        return
    try:
        re.compile(pattern)
    except re.error as error:
        yield LabelFinding(node.line, place, f"it is no regular expression: {error}")
        return
    bare = pattern.removeprefix("(^|/)")
    if bare.startswith("^"):
        yield LabelFinding(
            node.line, place, f"local commands match paths, in which no folder comes before ^; write (^|/){bare[1:]}"
        )
    elif "/" in bare:
        yield LabelFinding(
            node.line, place, "the server matches base names, which have no folder: it never matches there"
        )
    elif pattern == bare and re.match(r"[_-]|\\[._-]", bare):
        yield LabelFinding(
            node.line, place, f"the server matches from the first character of a name; write (^|/).*{bare}"
        )


def _objects(one: Node, place: str, skips: list[str]) -> Iterator[LabelFinding]:
    objects = one.items("objects")
    if objects and (objects[0].text("objtype") or "").lower() != "primary":
        yield LabelFinding(objects[0].line, f"{place}/objects/0", "the first object must be the primary")
    last = max((n for n, part in enumerate(objects) if not part.is_true("optional")), default=-1)
    for number, part in enumerate(objects):
        at = f"{place}/objects/{number}"
        yield from _keys(part, at, _OBJECT)
        if part.is_true("optional") and number < last:
            text = "an optional object before one that is not makes files without it fail; make a filetype of each set of HDUs"
            yield LabelFinding(part.line, f"{at}/optional", text)
        for check, word in ((_identity, "name"), (_array, "array_props"), (_schema, "schema"), (_metadata, "metadata")):
            if "all" not in skips and word not in skips:
                yield from check(part, at)


def _identity(part: Node, at: str) -> Iterator[LabelFinding]:
    objtype, name = part.text("objtype"), part.text("name")
    if objtype is None or objtype.lower() not in _OBJTYPES:
        found = "it is missing" if objtype is None else f"{quoted(objtype)} is not known"
        yield LabelFinding(part.line, f"{at}/objtype", f"{found}; known are {listed(_OBJTYPES)}")
    regular = part.is_true("name_regex") or part.is_true("repeated")
    if name is None:
        yield LabelFinding(
            part.line, f"{at}/name", "an object without a name never passes; write name: '' where there is no EXTNAME"
        )
    elif not regular and name != name.upper():
        yield LabelFinding(part.line, f"{at}/name", f"names are compared in upper case: write {name.upper()}")


def _array(part: Node, at: str) -> Iterator[LabelFinding]:
    dtype = part.text("dtype")
    if dtype is None:
        return
    if (part.text("objtype") or "").lower() == "bintable":
        yield LabelFinding(part.line, f"{at}/dtype", "a table has no data type; its columns have, in schema")
    elif dtype not in _DTYPES:
        yield LabelFinding(
            part.line, f"{at}/dtype", f"{quoted(dtype)} is not known; known are {listed(sorted(_DTYPES))}"
        )


def _schema(part: Node, at: str) -> Iterator[LabelFinding]:
    if (part.text("objtype") or "").lower() != "bintable":
        return
    columns = part.items("schema")
    if not columns:
        text = "a table without a schema has none of its columns expected, so each is one too many; list them or skip schema"
        yield LabelFinding(part.line, f"{at}/schema", text)
    for number, column in enumerate(columns):
        yield from _keys(column, f"{at}/schema/{number}", _COLUMN)
        if column.text("ndim") not in (None, "0"):
            text = "the tool compares it with the type of one element, so that 0 alone passes"
            yield LabelFinding(column.line, f"{at}/schema/{number}/ndim", text)
        for key in ("name", "dtype"):
            if column.text(key) is None:
                yield LabelFinding(column.line, f"{at}/schema/{number}/{key}", "it is missing, and required")


def _metadata(part: Node, at: str) -> Iterator[LabelFinding]:
    for keyword, entry in part.pairs("metadata").items():
        place = f"{at}/metadata/{keyword}"
        yield from _keys(entry, place, _METADATA)
        value = entry.get("value")
        if value is None:
            yield LabelFinding(
                entry.line, place, "a keyword without a value never passes; a label cannot ask for any value"
            )
        elif value.is_quoted and isinstance(value.value, str) and _is_read_otherwise(value.value):
            text = f"quotes do not keep {quoted(value.value)} text: the tool reads it as a number, a switch or none"
            yield LabelFinding(value.line, f"{place}/value", text)
        if entry.is_true("value_regex"):
            yield LabelFinding(entry.line, f"{place}/value_regex", "it stops the tool on every file")


def _is_read_otherwise(text: str) -> bool:
    return text.lower() in _WORDS or _NUMBER.fullmatch(text) is not None


def _same_patterns(types: dict[str, Node]) -> Iterator[LabelFinding]:
    seen: dict[str, str] = {}
    for name, one in types.items():
        for number, pattern in enumerate(one.items("filename")):
            text = expression(pattern) if included(pattern) else None
            first = seen.setdefault(text, name) if text is not None else name
            if first != name:
                place = f"/filetypes/{name}/filename/{number}"
                yield LabelFinding(pattern.line, place, f"{first} has the same pattern: a file must be of one filetype")
