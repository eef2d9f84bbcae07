"""The HDUs that the data models of an installed stdatamodels can write, read from their JSON schemas."""

from collections.abc import Iterator
from typing import Any

import msgspec


class SchemaColumn(msgspec.Struct, frozen=True):
    """A column of a schema; ``length`` is that of its vector, 0 for one of any length, None for a single value."""

    name: str
    dtype: str
    length: int | None


class SchemaHdu(msgspec.Struct, frozen=True):
    """An HDU that a schema can write. ``layouts`` are the column lists of a table, one of which it has.

    ``repeats`` marks an HDU that is written once for each item of a list, numbered by EXTVER.
    """

    extname: str
    dtype: str | None
    ndim: int | None
    max_ndim: int | None
    layouts: tuple[tuple[SchemaColumn, ...], ...]
    repeats: bool

    @property
    def type(self) -> str:
        """IMAGE or BINTABLE."""
        return "BINTABLE" if self.layouts else "IMAGE"


def schema_of(model: str) -> tuple[SchemaHdu, ...] | None:
    """HDUs that a data model of the installed stdatamodels can write; None where it has no such model."""
    from warnings import catch_warnings, simplefilter

    from stdatamodels.jwst import datamodels

    kind = getattr(datamodels, model, None)
    if kind is None:
        return None
    with catch_warnings():
        # A model that is only kept for old files warns when it is created.
        simplefilter("ignore", DeprecationWarning)
        with kind() as instance:
            return tuple(schema_hdus(instance.schema))


def schema_hdus(schema: Any, repeats: bool = False) -> Iterator[SchemaHdu]:
    """Search a JSON schema for content with its own HDU: arrays and tables, not keywords."""
    if not isinstance(schema, dict):
        return
    if "fits_hdu" in schema and "fits_keyword" not in schema:
        variants = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
        dtypes = [v["datatype"] for v in variants if "datatype" in v]
        if dtypes:
            yield SchemaHdu(
                extname=str(schema["fits_hdu"]).upper(),
                dtype=next((d for d in dtypes if isinstance(d, str)), None),
                ndim=schema.get("ndim"),
                max_ndim=schema.get("max_ndim"),
                layouts=tuple(tuple(_column(c) for c in d) for d in dtypes if isinstance(d, list)),
                repeats=repeats,
            )
            return
    for part in (
        *schema.get("properties", {}).values(),
        *(p for w in ("allOf", "anyOf", "oneOf") for p in schema.get(w, ())),
    ):
        yield from schema_hdus(part, repeats)
    items = schema.get("items")
    for part in items if isinstance(items, list) else [items]:
        yield from schema_hdus(part, repeats=True)


def _column(column: dict[str, Any]) -> SchemaColumn:
    datatype = column.get("datatype", "")
    dtype = f"str{datatype[1]}" if isinstance(datatype, list) else str(datatype)
    length: int | None = None
    if "shape" in column:
        length = 1
        for n in column["shape"]:
            length *= int(n)
    elif column.get("ndim", 0):
        length = 0
    return SchemaColumn(str(column.get("name", "")), dtype, length)
