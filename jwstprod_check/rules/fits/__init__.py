"""FITS: the standard on raw cards. Most rules of the family look at one header; ``examine`` asks them."""

from jwstprod_check.rules.fits import hdus, headers, mandatory
from jwstprod_check.rules.fits.examine import HEADER_RULES, as_rule
from jwstprod_check.rules.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    # What was not checked comes first: it says why other rules could not be checked.
    sorted(
        (*map(as_rule, HEADER_RULES), *mandatory.RULES, *hdus.RULES),
        key=lambda r: (r.code != headers.not_checked.code, r.code),
    )
)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the family that need the bytes of the data."""
    from jwstprod_check.rules.fits import data

    return data.RULES
