"""Words of the command line that are names: what a mistyped one probably was, and how a shell completes one."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_CODE: Final = r"([A-Za-z]+)[-_ ]?0*(\d{1,3})\Z"


def did_you_mean(text: str, names: Iterable[str], most: int = 1) -> str:
    """``; did you mean 'dark'?``, '' where no name is like the text; upper and lower case are alike."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in names}
    near = get_close_matches(text.lower()[:80], list(by_lower), n=most, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(by_lower[name]) for name in near)}?" if near else ""


def did_you_mean_code(text: str) -> str:
    """``; did you mean 'HDU001'?`` for HDU01: a code with another number of zeros, else a code, name or family like the text."""
    known = codes()
    found = re.match(_CODE, text)
    padded = f"{found[1].upper()}{int(found[2]):03}" if found else ""
    return f"; did you mean {padded!r}?" if padded in known else did_you_mean(text, known)


def codes() -> dict[str, str]:
    """Codes and names of rules, and families, each with what it is."""
    from jwstprod_check.delivery.files import RULES as SET_RULES
    from jwstprod_check.rules import FAMILIES, all_rules

    rules = [(r.code, r.name, r.title) for r in all_rules()] + [(r.code, r.name, r.title) for r in SET_RULES]
    by_code = {code: title for code, _, title in rules}
    return FAMILIES | by_code | {name: f"{code} {title}" for code, name, title in rules}


def complete_codes(_ctx: click.Context, _param: click.Parameter, typed: str) -> "list[CompletionItem]":
    """Complete the last of several codes with commas between."""
    before, comma, last = typed.rpartition(",")
    return _matching(last, codes(), before + comma)


def complete_products(ctx: click.Context, _param: click.Parameter, typed: str) -> "list[CompletionItem]":
    """Complete the name of a product."""
    from jwstprod_check.spec.catalogue import catalogue

    known = catalogue(ctx.params.get("specs"))
    return _matching(typed, {name: known.spec(name).title for name in known.names()})


def complete_profiles(ctx: click.Context, _param: click.Parameter, typed: str) -> "list[CompletionItem]":
    """Complete the name of a profile."""
    from jwstprod_check.spec.catalogue import catalogue

    return _matching(typed, dict.fromkeys(catalogue(ctx.params.get("specs")).profiles(), ""))


def complete_formats(_ctx: click.Context, _param: click.Parameter, typed: str) -> "list[CompletionItem]":
    """Complete the name of a format; after ``FORMAT=`` the shell completes a path."""
    from jwstprod_check.report.reporter import REPORTERS

    return complete_paths(_ctx, _param, typed) if "=" in typed else _matching(typed, dict.fromkeys(REPORTERS, ""))


def complete_paths(_ctx: click.Context, _param: click.Parameter, typed: str) -> "list[CompletionItem]":
    """Leave it to the shell to complete a path."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def _matching(typed: str, names: dict[str, str], before: str = "") -> "list[CompletionItem]":
    """Return the names that begin as what was typed, upper and lower case alike."""
    from click.shell_completion import CompletionItem

    found = [(name, text) for name, text in names.items() if name.lower().startswith(typed.lower())]
    return [CompletionItem(before + name, help=" ".join(text.split()) or None) for name, text in found]
