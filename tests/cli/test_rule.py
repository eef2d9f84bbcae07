"""``jwstprod rule``."""


def test_rule_prints_the_manual_and_the_list(jwstprod):
    manual = jwstprod("rule", "hdu001").out
    assert "missing-hdu" in manual
    assert "How to fix:" in manual
    assert "HDU001" in jwstprod("rule").out


def test_no_line_of_a_manual_is_wider_than_80_columns_and_no_word_is_split(jwstprod):
    from jwstprod_check.cli.rule import page_lines
    from jwstprod_check.rules import find_rule

    text = find_rule("KEY070").manual
    lines = list(page_lines(text, 80))
    assert max(map(len, lines)) <= 80
    assert " ".join(lines).split() == text.split()
