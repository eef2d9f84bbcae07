"""SUM and DATA: checksums, pixels and spectra, from the facts of the data pass."""

from jwstprod_check.rules.rule import Rule


def data_rules() -> tuple[Rule, ...]:
    """Rules of the folder that need the bytes of the data."""
    from jwstprod_check.rules.data import groups, lost, pixels, resampled, spectra, sums

    return (*sums.RULES, *pixels.RULES, *lost.RULES, *resampled.RULES, *spectra.RULES, *groups.RULES)
