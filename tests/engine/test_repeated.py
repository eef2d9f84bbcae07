"""The verdict on a file does not depend on how many files of its structure were checked before."""

import pytest
from made_files import checked, sound

from jwstprod_check.config import Options
from jwstprod_check.engine.run import LEARN_FROM
from jwstprod_check.findings import Severity
from jwstprod_check.make.defects.catalogue import BREAKS, NOT_MADE
from jwstprod_check.memo import forget
from jwstprod_check.rules import all_rules

CODES = [
    rule.code
    for rule in all_rules()
    if rule.code not in NOT_MADE and rule.code in BREAKS and BREAKS[rule.code].profile is None
]


def options(**chosen):
    return Options(data=True, fail_on=Severity.WARNING, table=False, **chosen)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("chosen", ["all", "code"])
def test_reports_of_one_file_are_the_same(code, chosen):
    right = sound(code)
    broken = BREAKS[code].change(right)
    chosen = options(**{"all": {}, "code": {"select": (code,)}}[chosen])
    forget()
    alone = {raw: checked(code, raw, chosen) for raw in (broken, right)}
    assert not [f for f in alone[broken].findings if f.code == "TOOL001"]
    # The file that is learnt from is the broken one, then the sound one; the others follow.
    for first, then in ((broken, right), (right, broken)):
        forget()
        for _ in range(LEARN_FROM + 1):
            assert checked(code, first, chosen).to_dict() == alone[first].to_dict()
        assert checked(code, then, chosen).to_dict() == alone[then].to_dict()
