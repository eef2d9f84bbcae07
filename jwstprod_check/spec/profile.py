"""Profiles: what an archive requires of any FITS file besides its product's table (``specs/profiles/hlsp.yaml``)."""

import re
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from jwstprod_check.spec.convert import convert
from jwstprod_check.spec.documents import PROFILES
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.schema import Text

Tier = Literal["required", "recommended", "suggested", "optional"]
Format = Literal["version", "doi"]

_MAX_EXTENDS: Final = 8
_CODE: Final = re.compile(r"[A-Z]+\d{3}\Z")


class ProfileKeyword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A keyword of a profile.

    ``tier`` is required (an error where it is missing), recommended (a warning), suggested (an info) or optional;
    ``place`` is ``primary`` for a keyword of the primary header, ``any`` for one that may be in any header; ``alternatives``
    are keywords that may replace it. ``kinds`` limits it to kinds of file. ``unless`` are keyword values with which it may be
    missing, ``forbidden`` those with which it must be missing. ``values`` are all the values that it may have, ``format`` their form.
    """

    tier: Tier = "optional"
    place: Literal["primary", "any"] = "any"
    alternatives: list[Text] = []
    kinds: list[Text] = []
    unless: dict[str, str] = {}
    forbidden: dict[str, str] = {}
    values: list[Text] = []
    format: Format | None = None


class NamePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How files are named: fields joined by underscores, the extension being the last one.

    ``fields`` are the names of all fields in order, the longest length of each in ``lengths``; with fewer than all but
    at least ``least`` fields those in the middle cannot be identified; ``longest`` is the length of the whole name. Unknown
    ``observatories``, ``instruments``, ``filters`` and ``products`` need a review, as do ``extensions_to_review``; an unknown
    extension is an error. ``source`` states where the lists are from and ``listed`` the day of that source. ``exempt`` are
    files of a delivery that need no such name.
    """

    fields: list[Text]
    least: int
    lengths: dict[str, int]
    extensions: list[Text]
    extensions_to_review: list[Text] = []
    longest: int = 255
    observatories: list[Text] = []
    instruments: list[Text] = []
    filters: list[Text] = []
    products: list[Text] = []
    source: str = ""
    listed: str = ""
    exempt: list[Text] = []


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A profile's YAML file.

    ``prefix`` begins the names of its files; a file of such a name is not compared with a product's table unless the user
    chooses one. ``waives`` are rules on the product that do not apply under the profile. ``kinds`` gives the kind of a
    file by the product type in its name.
    """

    profile: Text
    title: Text
    documentation: Text
    extends: str | None = None
    prefix: str = ""
    waives: list[Text] = []
    names: NamePolicy | None = None
    kinds: dict[str, list[Text]] = {}
    keywords: dict[str, ProfileKeyword | list[ProfileKeyword]] = {}

    def owns(self, base: str) -> bool:
        """Whether a base name is one of the profile's own."""
        return bool(self.prefix) and base.lower().startswith(self.prefix)

    def entries(self, kind: str | None) -> list[tuple[str, ProfileKeyword]]:
        """Keywords with the entries for a kind of file; None is a file of unknown kind."""
        return [
            (keyword, entry)
            for keyword, said in self.keywords.items()
            for entry in ([said] if isinstance(said, ProfileKeyword) else said)
            if not entry.kinds or kind in entry.kinds
        ]


def load_profile(name: str, read: Callable[[str], Any], place: Callable[[str], str]) -> Profile:
    """Load a profile and what it extends; a keyword of its own replaces the inherited one.

    ``read`` gives the content of a document and ``place`` its file. Raises ``SpecError``.
    """
    chain: list[Profile] = []
    wanted: str | None = name
    while wanted is not None:
        document = f"{PROFILES}/{wanted}"
        content = None if "/" in wanted else read(document)
        if content is None:
            raise SpecError(f"no profile {wanted!r}", place(document), "$.extends" if chain else "$")
        part = convert(content, Profile, place(document))
        if part.profile != wanted:
            raise SpecError(f"profile {part.profile!r} is in the file of {wanted!r}", place(document), "$.profile")
        if len(chain) >= _MAX_EXTENDS or any(p.profile == wanted for p in chain):
            raise SpecError(f"extends {wanted!r} in a circle", place(f"{PROFILES}/{chain[-1].profile}"), "$.extends")
        _check(part, place(document))
        chain.append(part)
        wanted = part.extends
    own, *parents = chain
    for parent in parents:
        own = msgspec.structs.replace(
            own,
            prefix=own.prefix or parent.prefix,
            waives=list(dict.fromkeys([*parent.waives, *own.waives])),
            names=own.names or parent.names,
            kinds={**parent.kinds, **own.kinds},
            keywords={**parent.keywords, **own.keywords},
        )
    _check_kinds(own, place(f"{PROFILES}/{name}"))
    return own


def _check(profile: Profile, place: str) -> None:
    for i, code in enumerate(profile.waives):
        if not _CODE.match(code):
            raise SpecError(f"{code!r} is not a rule", place, f"$.waives[{i}]")
    for keyword in profile.keywords:
        if not re.fullmatch(r"[A-Z0-9_-]{1,8}", keyword):
            raise SpecError(f"{keyword!r} is not a keyword", place, "$.keywords")
    names = profile.names
    if names is not None:
        for field in names.lengths:
            if field not in names.fields:
                raise SpecError(f"unknown field {field!r}", place, "$.names.lengths")
        if not 2 <= names.least <= len(names.fields):
            raise SpecError("least is not between 2 and the number of fields", place, "$.names.least")


def _check_kinds(profile: Profile, place: str) -> None:
    for keyword, said in profile.keywords.items():
        for entry in [said] if isinstance(said, ProfileKeyword) else said:
            for kind in entry.kinds:
                if kind not in profile.kinds:
                    raise SpecError(f"unknown kind {kind!r}", place, f"$.keywords.{keyword}.kinds")
