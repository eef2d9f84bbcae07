"""A spec as YAML text, laid out as the packaged ones are: a row, a column or an amendment's patch on one line."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from jwstprod_check.spec.schema import ColumnTableDocument, ProductDocument
from jwstprod_check.text import inert

_PLAIN: Final = re.compile(r"[A-Za-z](?:[\w./()>=-]| (?! ))*(?<! )|\d+(?: x [\w/]+)+")
_CELLS: Final = ("hdu", "extname", "optional", "type", "dtype", "dims")
_LONGEST_KEY: Final = 1000
_WIDTH: Final = 118
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})


def product_text(document: ProductDocument) -> str:
    """YAML of a product."""
    content = msgspec.to_builtins(document)
    rows = content.pop("hdus", [])
    lines = [f"{key}: {flow(value)}" for key, value in content.items() if key != "symbols"]
    if document.symbols:
        lines += ["", "symbols:", *(f"  {name}: {flow(symbol)}" for name, symbol in content["symbols"].items())]
    return "\n".join([*lines, "", "hdus:", *(f"  - {flow(_ordered(row))}" for row in rows)]) + "\n"


def _ordered(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in (*_CELLS, *row) if key in row}


def columns_text(table: ColumnTableDocument) -> str:
    """YAML of a column table."""
    lines = [f"source: {scalar(table.source)}", "columns:"]
    return "\n".join([*lines, *(f"  - {flow(msgspec.to_builtins(c))}" for c in table.columns)]) + "\n"


def flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def _key(value: Any) -> str:
    """Return a key of a mapping; one beyond the length that YAML reads without a mark gets the mark (YAML 1.1, 9.2)."""
    text = scalar(value)
    return f"? {text} " if len(text) > _LONGEST_KEY else text


def scalar(value: Any) -> str:
    """Return a scalar, text in quotes unless YAML reads it unchanged; text from a file is untrusted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and value.isascii() and value.lower() not in _WORDS:
        return value
    return inert('"' + "".join(c if " " <= c <= "~" and c not in '"\\' else _escaped(c) for c in value) + '"')


def _escaped(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def wrapped(head: str, value: Mapping[str, Any] | list[str]) -> list[str]:
    """Lines of a key and a flow collection, broken between items."""
    opened, closed = ("{", "}") if isinstance(value, Mapping) else ("[", "]")
    parts = (
        [f"{flow(k)}: {flow(v)}" for k, v in value.items()] if isinstance(value, Mapping) else [flow(v) for v in value]
    )
    lines, line = [], f"{head} {opened}"
    margin = " " * (len(head) - len(head.lstrip()) + 2)
    for i, part in enumerate(parts):
        text = part + ("," if i + 1 < len(parts) else closed)
        if len(line) + len(text) + 1 > _WIDTH:
            lines.append(line.rstrip())
            line = margin
        line += text if line.endswith((opened, margin)) else f" {text}"
    return [*lines, line if parts else line + closed]
