"""Files whose embedded ASDF tree has been changed."""

from dataclasses import replace

from builders import edited
from judging import DARK, found

HEAD = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"
RAW = DARK.read_bytes()
"""A real dark with a sound tree."""


def asdf_found(raw):
    """Findings of the ASDF family with all data read."""
    return found(raw, "ASDF", data=True, product="dark")


def asdf_codes(raw):
    return [f.code for f in asdf_found(raw)]


def with_bytes(raw, change):
    """The file with the bytes of its ASDF extension changed, its header in step."""

    def changed(part):
        data = change(part.data)
        return replace(part.with_card("NAXIS1", len(data)).with_card("TFORM1", f"{len(data)}B"), data=data)

    return edited(raw, "ASDF", changed)


def with_tree(raw, old, new):
    """The file with some text of its tree replaced."""

    def change(data):
        assert old in data
        return data.replace(old, new, 1)

    return with_bytes(raw, change)
