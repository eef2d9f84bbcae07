"""A label of MAST's uploader beside the files that it is for: what its local commands and its server make of each."""

import os
import re
from collections.abc import Iterator

from jwstprod_check.delivery.label import described
from jwstprod_check.delivery.label_lint import LabelFinding
from jwstprod_check.delivery.label_read import Node, expression, included
from jwstprod_check.delivery.listing import plain_files
from jwstprod_check.fits.walk import read_source
from jwstprod_check.storage.backends import inflated, open_stored
from jwstprod_check.text import listed, plural


class _Names:
    """The patterns of a filetype, compiled. A pattern that is none has a finding of its own and matches nothing."""

    def __init__(self, one: Node) -> None:
        self._patterns: list[tuple[re.Pattern[str], bool]] = []
        for node in one.items("filename"):
            pattern = expression(node)
            try:
                compiled = re.compile(pattern) if pattern is not None else None
            except re.error:
                compiled = None
            if compiled is not None:
                self._patterns.append((compiled, included(node)))

    def locally(self, path: str) -> bool:
        """Whether a path is of the filetype for local commands, which search in it; exclusions win."""
        found = {include for pattern, include in self._patterns if pattern.search(path)}
        return found == {True}

    def on_server(self, base: str) -> bool:
        """Whether a base name is of the filetype for the server, which matches it."""
        found = {include for pattern, include in self._patterns if pattern.match(base)}
        return found == {True}


def compare_label(label: Node, folder: str) -> Iterator[LabelFinding]:
    """Report files that are not of one filetype alone, and those of which the tool never comes to an end.

    Raises ``OSError`` for a folder or a file that cannot be read.
    """
    types = label.pairs("filetypes")
    names = {name: _Names(one) for name, one in types.items()}
    used: set[str] = set()
    for path, place in plain_files(folder):
        local = [name for name, one in names.items() if one.locally(f"{os.path.basename(folder)}/{place}")]
        server = [name for name, one in names.items() if one.on_server(os.path.basename(path))]
        used.update(local, server)
        if local != server:
            text = f"it is of {_types(local)} for local commands, of {_types(server)} for the server"
            yield LabelFinding(1, place, text)
        elif len(local) != 1 and os.path.basename(path) != "CONTENTS.YML":
            yield LabelFinding(1, place, f"it is of {_types(local)}; a file must be of one")
        if len(local) == 1 and (types[local[0]].text("standard") or "").lower() == "fits":
            yield from _hdus(types[local[0]], local[0], path, place)
    for name, one in types.items():
        if name not in used:
            yield LabelFinding(one.line, f"/filetypes/{name}", "no file in the folder is of it")


def _types(names: list[str]) -> str:
    return f"{plural(len(names), 'filetype')} ({listed(names)})" if names else "no filetype"


def _hdus(one: Node, name: str, path: str, place: str) -> Iterator[LabelFinding]:
    """More HDUs than objects, on which the tool hangs; fewer, or other names, which it reports."""
    objects = one.items("objects")
    if not objects:
        return
    with inflated(open_stored(path)) as source:
        file = described(place, None, read_source(source, path))
    if file.obstacle:
        yield LabelFinding(one.line, place, f"{name} cannot be for it: {file.obstacle}")
        return
    count, needed = len(file.objects), sum(not part.is_true("optional") for part in objects)
    if count > len(objects) and not any(part.is_true("repeated") for part in objects):
        text = f"it has {plural(count, 'HDU')}, {name} has {plural(len(objects), 'object')}: the tool never ends on it"
        yield LabelFinding(one.line, place, text)
    elif count < needed:
        yield LabelFinding(one.line, place, f"it has {plural(count, 'HDU')}, {name} asks for {needed}")
