"""The command line and the config file together: what the command line states wins."""

from datetime import date

import msgspec

from jwstprod_check.config.file import Config, in_rank
from jwstprod_check.config.options import Options, PathOptions
from jwstprod_check.findings import Severity


def settle(
    given: Options, specs: str | None, fail_on: Severity | None, config: Config | None, today: date
) -> tuple[Options, str | None]:
    """Return the options of a run and the folder of its own specs.

    ``given`` are those of the command line; ``fail_on`` is None where it states none. Where it names files to leave out, or a
    selection of rules, those of the config do not count; its ``ignore`` switches rules off, which no config does.
    """
    if config is None:
        return msgspec.structs.replace(given, fail_on=fail_on or given.fail_on), specs
    document = config.document
    by_path = tuple(_without(one, given, specs, fail_on) for one in config.by_path(today))
    options = msgspec.structs.replace(
        given,
        select=given.select or tuple(document.select),
        product=given.product if given.product is not None else document.product,
        profile=given.profile if given.profile is not None else document.profile,
        fail_on=fail_on or document.fail_on or given.fail_on,
        skip_unknown=given.skip_unknown or document.skip_unknown,
        severity=in_rank(document.severity),
        known=config.known(today),
        by_path=tuple(one for one in by_path if one != PathOptions(one.source, one.where)),
    )
    return options, specs if specs is not None else config.beside(document.specs)


def _without(one: PathOptions, given: Options, specs: str | None, fail_on: Severity | None) -> PathOptions:
    """Return the options of some files without those that the command line states."""
    changes: dict[str, object] = {}
    if given.product is not None:
        changes["product"] = None
    if given.profile is not None:
        changes["profile"] = None
    if given.exclude:
        changes["exclude"] = None
    if given.skip_unknown:
        changes["skip_unknown"] = None
    if specs is not None:
        changes["specs"] = None
    if fail_on is not None:
        changes["fail_on"] = None
    return msgspec.structs.replace(one, **changes) if changes else one
