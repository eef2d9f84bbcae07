"""The verdict on a file does not depend on how many files of its structure were checked before."""

import pytest
from judging import CATALOGUE

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.engine.run import LEARN_FROM
from jwstprod_check.findings import Severity
from jwstprod_check.make.defects.catalogue import BREAKS, NOT_MADE
from jwstprod_check.make.plan import file_name
from jwstprod_check.make.write import make
from jwstprod_check.memo import forget
from jwstprod_check.rules import all_rules

CODES = [
    rule.code
    for rule in all_rules()
    if rule.code not in NOT_MADE and rule.code in BREAKS and BREAKS[rule.code].profile is None
]


def files(code):
    """The sound file and the broken one of a rule, and the name of both."""
    how = BREAKS[code]
    sound = make(
        how.product,
        CATALOGUE,
        symbols=how.symbols,
        keywords=how.keywords,
        optional=how.optional,
        checksums=how.checksums,
    )
    name = (how.name or "{}").format(file_name(CATALOGUE.spec(how.product), how.keywords, how.optional))
    return how.change(sound), sound, name


def options(code, **chosen):
    return Options(data=True, fail_on=Severity.WARNING, table=False, **chosen)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("chosen", ["all", "code"])
def test_reports_of_one_file_are_the_same(code, chosen):
    broken, sound, name = files(code)
    chosen = {"all": {}, "code": {"select": (code,)}}[chosen]
    forget()
    alone = {raw: check_target(raw, CATALOGUE, options(code, **chosen), name) for raw in (broken, sound)}
    assert not [f for f in alone[broken].findings if f.code == "TOOL001"]
    # The file that is learnt from is the broken one, then the sound one; the others follow.
    for first, then in ((broken, sound), (sound, broken)):
        forget()
        for _ in range(LEARN_FROM + 1):
            assert check_target(first, CATALOGUE, options(code, **chosen), name).to_dict() == alone[first].to_dict()
        assert check_target(then, CATALOGUE, options(code, **chosen), name).to_dict() == alone[then].to_dict()
