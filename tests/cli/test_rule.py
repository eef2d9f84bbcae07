"""``jwstprod rule``."""


def test_rule_prints_the_manual_and_the_list(jwstprod):
    manual = jwstprod("rule", "hdu001").out
    assert "missing-hdu" in manual
    assert "How to fix:" in manual
    assert "HDU001" in jwstprod("rule").out
