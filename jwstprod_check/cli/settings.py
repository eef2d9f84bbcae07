"""What `check` takes from a config file, and the baseline that it reads or writes."""

import os
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from jwstprod_check.cli.across import set_rule_words
from jwstprod_check.cli.outputs import refuse, refuse_stdout, refuse_twice, replace_whole
from jwstprod_check.cli.words import did_you_mean
from jwstprod_check.config import Options
from jwstprod_check.config.file import Config, ConfigDocument, ConfigError, OverrideDocument, find, load
from jwstprod_check.config.settle import settle
from jwstprod_check.delivery.accepted import Accepted
from jwstprod_check.engine.plan import plan
from jwstprod_check.findings import Severity
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    from jwstprod_check.delivery.baseline import Baseline
    from jwstprod_check.delivery.listing import Listing

_WILD: Final = frozenset("*?[")


class BaselineFiles(msgspec.Struct, frozen=True):
    """The baseline to read, whether to prune it, and the one to write."""

    read: str | None
    write: str | None
    prune: bool

    def targets(self) -> list[str]:
        """Files that the run writes."""
        pruned = [self.read] if self.prune and self.read is not None else []
        return [*pruned, *([self.write] if self.write is not None and self.write not in pruned else [])]


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that concern the config file and the baseline."""
    for option in (
        click.option("--prune-baseline", is_flag=True, help="Remove what is no longer found from the baseline."),
        click.option("--write-baseline", metavar="FILE", help="Write the findings of the run as a baseline."),
        click.option("--baseline", metavar="FILE", help="The findings in this file are known and do not fail a file."),
        click.option("--no-config", is_flag=True, help="Use no config file."),
        click.option("--config", "config_file", metavar="FILE", help="Use this config file, not one above PATH."),
    ):
        command = option(command)
    return command


def baseline_files(read: str | None, write: str | None, prune: bool) -> BaselineFiles:
    """Return the files of a baseline; to prune one it must be given."""
    if prune and read is None:
        raise click.UsageError("--prune-baseline needs --baseline FILE")
    return BaselineFiles(read, write, prune)


def spec_files(specs: str | None, config: Config | None) -> tuple[str, ...]:
    """Files of the folders of specs that a run reads."""
    beside: list[str | None] = []
    if config is not None:
        document = config.document
        beside = [config.beside(one) for one in (document.specs, *(part.specs for part in document.overrides))]
    folders = dict.fromkeys(filter(None, (specs, *beside)))
    return tuple(os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names)


def listing_of(manifest: str | None, paths: tuple[str, ...], outputs: Iterable[str]) -> "Listing | None":
    """Return the manifest that a run is compared with; one that cannot be read ends the run."""
    if manifest is None:
        return None
    from jwstprod_check.delivery.listing import Listing
    from jwstprod_check.delivery.manifest import ManifestError, read_manifest

    try:
        return Listing(read_manifest(manifest), paths, outputs)
    except OSError as error:
        raise click.BadParameter(f"{manifest}: {error.strerror or error}", param_hint="--manifest") from None
    except ManifestError as error:
        raise click.BadParameter(f"{manifest}: {error}", param_hint="--manifest") from None


def config_for(named: str | None, none: bool, paths: tuple[str, ...]) -> Config | None:
    """Return the config of a run: the one that the user named, or the one that holds for all of the paths."""
    if named is not None and none:
        raise click.UsageError("--config and --no-config exclude each other")
    if none:
        return None
    try:
        if named is not None:
            return load(named)
        folders = {path: _folder(_fixed(path)) for path in paths or (".",)}
        configs = {folder: find(folder) for folder in dict.fromkeys(folders.values())}
        found = {path: configs[folder] for path, folder in folders.items()}
    except ConfigError as error:
        raise click.ClickException(f"config: {error}") from None
    first, *others = found.items()
    for path, config in others:
        if config != first[1]:
            raise click.UsageError(
                f"{_place(first[1])} is for {printable(shown(first[0]))} and {_place(config)} for {printable(shown(path))}; "
                "choose one with --config or none with --no-config"
            )
    return first[1]


def _place(config: Config | None) -> str:
    return "no config" if config is None else f"the config {printable(config.path)}"


def _folder(path: str) -> str:
    """Return the folder of a path; a folder is its own."""
    return path if os.path.isdir(path) else os.path.dirname(path)


def _fixed(path: str) -> str:
    """Return the part of a path before the first wildcard; a stream or a URL has the config of the current folder."""
    if path == "-" or "://" in path:
        return "."
    if os.path.lexists(path):
        return path
    parts = path.split(os.sep)
    wild = next((n for n, part in enumerate(parts) if _WILD & set(part)), len(parts))
    return os.sep.join(parts[:wild]) or (os.sep if path.startswith(os.sep) else ".")


def settled(
    given: Options, specs: str | None, fail_on: str | None, config: Config | None
) -> tuple[Options, str | None]:
    """Return the options of the command line and the config together; the config has been checked."""
    if config is not None:
        _check(config)
    return settle(given, specs, None if fail_on is None else Severity(fail_on), config, today())


def _check(config: Config) -> None:
    """Raise where a config names what does not exist: a rule, a folder of specs, a product, a profile."""
    from jwstprod_check.rules import unknown_codes
    from jwstprod_check.spec.catalogue import catalogue

    across = set_rule_words()
    for code, key in config.codes():
        if code.upper() not in across and unknown_codes([code]):
            _refuse_value(config, f"{code!r} is not a rule or a family; `jwstprod rule` lists them", key)
    document = config.document
    sections: list[tuple[str, ConfigDocument | OverrideDocument]] = [("", document)]
    sections += [(f"overrides[{n}].", one) for n, one in enumerate(document.overrides)]
    for prefix, section in sections:
        folder = config.beside(section.specs if section.specs is not None else document.specs)
        if folder is not None and not os.path.isdir(folder):
            _refuse_value(config, f"{folder} is no folder", f"{prefix}specs")
        if section.product is not None and section.product not in catalogue(folder).names():
            _refuse_value(config, f"no spec for {section.product!r}", f"{prefix}product")
        if section.profile is not None and section.profile not in catalogue(folder).profiles():
            _refuse_value(config, f"no profile {section.profile!r}", f"{prefix}profile")


def check_named(product: str | None, profile: str | None, specs: str | None) -> None:
    """Raise where specs cannot be used, or the command line names a product or a profile that they lack."""
    if specs is not None:
        from jwstprod_check.spec.catalogue import catalogue

        # Specs that cannot be used are reported before anything is read or written.
        catalogue(specs)
    if product is not None:
        _known_product(product, specs)
    if profile is not None:
        _known_profile(profile, specs)


def _known_profile(profile: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).profiles()
    if profile not in names:
        meant = did_you_mean(profile, names)
        raise click.BadParameter(
            f"no profile {profile!r}{meant}; the profiles are {', '.join(names)}", param_hint="--profile"
        )


def _known_product(product: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).names()
    if product not in names:
        meant = did_you_mean(product, names)
        raise click.BadParameter(f"no spec for {product!r}{meant} (`jwstprod spec list`)", param_hint="--product")


def _refuse_value(config: Config, reason: str, key: str) -> None:
    raise click.ClickException(f"config: {ConfigError(reason, config.path, key)}")


def accepted_by(
    config: Config | None, files: BaselineFiles, formats: list[str], inputs: tuple[str, ...], listing: str | None
) -> Accepted:
    """Return what the user accepts. A baseline that cannot be read, or would overwrite an input, is refused."""
    targets = files.targets()
    used = tuple(path for path in (files.read, config.path if config is not None else None) if path is not None)
    refuse_twice((*formats, *targets))
    refuse(formats, (*inputs, *used), listing)
    refuse(targets, inputs, listing, "--write-baseline")
    for path in targets:
        refuse_stdout(path, "write the baseline to a file of its own", "--write-baseline")
        _refuse_without_folder(path)
    if config is not None:
        refuse(targets, (config.path,), None, "--write-baseline")
    baseline = None if files.read is None else _known(files.read)
    if files.write is None:
        return Accepted(config, today(), baseline)
    from jwstprod_check.delivery.baseline import Recorder

    return Accepted(config, today(), baseline, Recorder())


def _known(path: str) -> "Baseline":
    from jwstprod_check.delivery.baseline import BaselineError, read_baseline

    try:
        return read_baseline(path)
    except BaselineError as error:
        raise click.BadParameter(str(error), param_hint="--baseline") from None


def _refuse_without_folder(path: str) -> None:
    """Raise before the run where its end could not write a baseline."""
    folder = os.path.dirname(os.path.realpath(path))
    reason = (
        "is a folder" if os.path.isdir(path) else "" if os.path.isdir(folder) else f"the folder {folder} does not exist"
    )
    if reason:
        raise click.BadParameter(f"{path}: {reason}", param_hint="--write-baseline")


def write_baselines(accepted: Accepted, files: BaselineFiles, options: Options) -> None:
    """Write the baselines of a run that came to its end, each beside its place and then renamed."""
    if files.prune and files.read is not None and accepted.baseline is not None:
        _replace(files.read, accepted.baseline.pruned(asked_for(options)))
    if files.write is not None and accepted.recorder is not None:
        _replace(files.write, accepted.recorder.encoded())


def _replace(path: str, content: bytes) -> None:
    try:
        replace_whole(path, content)
    except OSError as error:
        raise click.ClickException(f"the baseline {path} cannot be written: {error.strerror}") from None


def asked_for(options: Options) -> Callable[[str], bool]:
    """Return whether a rule of a code, name or family runs with some options."""
    chosen = plan(options)
    rules = [rule for rule in chosen.rules if rule.code in chosen.reported]
    names = {name for rule in rules for name in (rule.code, rule.name.upper(), rule.family)}
    if options.delivery:
        from jwstprod_check.delivery.files import Delivery

        across = Delivery(options.select, options.ignore).rules
        names |= {name for rule in across for name in (rule.code, rule.name.upper(), rule.family)}
    return lambda code: code.upper() in names


def docs_of(config: Config | None) -> str:
    """Return the address of the documentation that the config states, '' without one."""
    return (config.document.docs_url or "").rstrip("/") if config is not None else ""


def page_of(docs: str, code: str) -> str:
    """Return the address of the page of a rule, '' where that of the documentation is not known."""
    return f"{docs}/reference/rules/{code}.html" if docs else ""


def notes(config: Config | None, files: BaselineFiles) -> tuple[str, ...]:
    """Return what a report states about where its options come from."""
    found = [f"baseline {printable(files.read)}"] if files.read is not None else []
    if config is not None:
        ignores = len(config.ignores())
        found.insert(0, f"config {printable(config.path)}" + (f" ({plural(ignores, 'ignore')})" if ignores else ""))
    return tuple(found)


def today() -> date:
    """Return the date, in UTC."""
    return datetime.now(UTC).date()
