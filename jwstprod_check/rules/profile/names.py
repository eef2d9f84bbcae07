"""HLSP: what a profile (`--profile hlsp`) requires of the file's name."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.profile.keywords import base_of, fields_of, profile_of, stated
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.spec.expressions import version_key
from jwstprod_check.text import listed, plural, quoted

if TYPE_CHECKING:
    from jwstprod_check.spec.profile import NamePolicy


@rule("PROD011", "hlsp-file-name", scope="profile")
def file_name(context: Context) -> Iterator[Outcome]:
    """The file name follows the archive's naming rule.

    `hlsp_<proj-id>_<observatory>_<instrument>_<target>_<opt-elem>_<version>_<product-type>.<extension>`: 4 to 9 fields,
    all in lower case, each with a maximum length, the version as `v1`, `v1.0` or `v1.0.1`. The archive sorts files by
    these fields.

    How to fix: rename the file.
    Source: MAST, HLSP Contributor Guide, File Naming Convention.
    """
    base, policy = base_of(context), profile_of(context).names
    if policy is None:
        return
    if base is None:
        yield Skip("the file has no name")
        return
    form = "_".join(f"<{f}>" for f in policy.fields[:-1]) + f".<{policy.fields[-1]}>"
    for found, expected in _flaws(base, policy):
        yield Problem(f"the name {quoted(base)}: {found}", expected=expected, found=quoted(base), hint=form)


def _named(fields: list[str], policy: "NamePolicy") -> list[tuple[str, str]]:
    """Fields with their names; the middle ones have names only where all fields are present."""
    if len(fields) == len(policy.fields):
        return list(zip(policy.fields, fields, strict=True))
    head, tail = policy.fields[:2], policy.fields[-3:]
    if len(fields) < 5:
        tail = tail[1:]
    middle = [""] * (len(fields) - len(head) - len(tail))
    return list(zip([*head, *middle, *tail], fields, strict=True))


_GRAMMAR: Final = {
    "hlsp": r"hlsp",
    "proj-id": r"[a-z](?:[a-z0-9-]*[a-z0-9])?",
    "version": r"v\d{1,2}(?:\.[0-9]{1,2}(?:\.[a-z0-9]{1,2})?)?",
    "": r"[a-z0-9](?:[a-z0-9+.-]*[a-z0-9])?",
}


def _flaws(base: str, policy: "NamePolicy") -> Iterator[tuple[str, str]]:
    prefix = f"{policy.fields[0]}_"
    if not base.lower().startswith(prefix):
        yield f"does not begin with {prefix}", prefix
        return
    if base != base.lower():
        yield "is not in lower case", "lower case only"
    fields = fields_of(base.lower())
    most = len(policy.fields)
    if not policy.least <= len(fields) <= most:
        yield (
            f"has {plural(len(fields), 'field')}, expected {policy.least} to {most}",
            f"{policy.least} to {most} fields",
        )
        return
    for name, text in _named(fields, policy):
        label = name or "a field"
        longest = policy.lengths.get(name, max(policy.lengths.values()))
        if not text:
            yield f"{label} is empty", f"{label} of 1 to {longest} characters"
        elif len(text) > longest:
            yield (
                f"{label} {quoted(text)} has {len(text)} characters, expected at most {longest}",
                f"at most {longest} characters",
            )
        elif name == policy.fields[-1]:
            if text not in policy.extensions:
                yield f"unknown extension {quoted(text)}", listed(policy.extensions)
        elif re.fullmatch(_GRAMMAR.get(name, _GRAMMAR[""]), text, re.ASCII) is None:
            expected = "v1, v1.0 or v1.0.1" if name == "version" else "letters, digits and hyphens"
            yield f"{label} {quoted(text)} is invalid", expected


@rule("PROD012", "hlsp-name-unknown", Severity.WARNING, scope="profile")
def unknown_name(context: Context) -> Iterator[Outcome]:
    """Observatory, instrument and product type in the name are known.

    The archive sorts files by them; its staff must review an unknown one. Observatory and instrument can be identified
    only in a name with all fields; parts joined by hyphens are looked up one by one.

    How to fix: write the usual name, or ask the archive.
    Source: MAST, mast_contributor_tools (filename_check).
    """
    base, policy = base_of(context), profile_of(context).names
    fields = fields_of((base or "").lower())
    if policy is None or base is None or not policy.least <= len(fields) <= len(policy.fields):
        return
    lists = {"observatory": policy.observatories, "instrument": policy.instruments, "product-type": policy.products}
    for name, text in _named(fields, policy):
        strange = [part for part in text.split("-") if part not in lists[name]] if lists.get(name) and text else []
        if strange:
            yield Problem(
                f"unknown {name} {quoted(text)} in the name",
                expected=f"a known {name}",
                found=quoted(text),
                hint=_meant(strange[0], lists[name]),
            )


def _meant(text: str, known: list[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(text[:40], known, n=1)
    return f"the most similar known one is {near[0]!r}" if near else None


@rule("PROD013", "hlsp-name-contradicts-header", Severity.WARNING, scope="profile")
def contradicts(context: Context) -> Iterator[Outcome]:
    """HLSPID and HLSPVER are the project and the version in the name.

    The archive groups files by the name and describes them by the header; a version that was raised in only one of them
    misleads users.

    How to fix: correct the keyword, or rename the file.
    Source: MAST, HLSP Contributor Guide, File Naming Convention and Common Metadata.
    """
    base, policy = base_of(context), profile_of(context).names
    fields = fields_of((base or "").lower())
    if (
        policy is None
        or not policy.least <= len(fields) <= len(policy.fields)
        or not profile_of(context).owns(base or "")
    ):
        return
    said = dict(_named(fields, policy))
    for keyword, field in (("HLSPID", "proj-id"), ("HLSPVER", "version")):
        card = stated(context.file.hdus[0], keyword)
        text = said.get(field)
        if card is None or text is None:
            continue
        written = str(card.value).strip()
        alike = written.lower() == text
        if field == "version":
            alike = alike or (version_key(written) is not None and version_key(written) == version_key(text))
        if not alike:
            yield Problem(
                f"the file name has {field} {quoted(text)}, but {keyword} = {quoted(written)}",
                hdu=context.file.hdus[0],
                keyword=keyword,
                expected=text,
                found=quoted(written),
                offset=card.offset,
            )


RULES = (file_name, unknown_name, contradicts)
