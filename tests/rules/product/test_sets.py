"""HDUs in sets: what is missing, misnumbered or misnamed in a multi-slit product is named once."""

import pytest
from builders import edited, join, split
from judging import CATALOGUE, judge_file, loud
from made_files import make
from made_science import array, listed, made, slit

from jwstprod_check.make import file_name

NAME = "jw01234001001_06101_00001_nrs1_cal.fits"


def slits(count=6, edit=None):
    parts = [p for v in range(1, count + 1) for p in slit(v, 6 + v, 4, "WAVELENGTH", "BARSHADOW")]
    return made(
        "MultiSlitModel", "3.0.0", *(edit(parts) if edit else parts), INSTRUME="NIRSPEC", SUBSIZE1=64, SUBSIZE2=64
    )


def found(report):
    return [
        (f.code, f.extname, f.extver, f.count) for f in report.findings if f.severity != "info" and f.code[:3] != "KEY"
    ]


def is_(part, name, extver):
    return part.name == name and part.text("EXTVER") == str(extver)


def without(name, *extvers):
    return lambda parts: [p for p in parts if not any(is_(p, name, v) for v in extvers)]


def changed(name, extver, change):
    return lambda parts: [change(p) if is_(p, name, extver) else p for p in parts]


@pytest.mark.parametrize("count", [1, 2, 6, 40])
def test_sets_of_their_own_sizes_conform(count, verdict):
    report = verdict(slits(count), NAME)
    assert report.conforming
    assert found(report) == []


def test_array_missing_in_one_set_is_reported_for_that_set(verdict):
    report = verdict(slits(edit=without("ERR", 3)), NAME)
    assert found(report) == [("HDU009", "ERR", 3, 1)]


def test_array_missing_in_many_sets_is_one_finding(verdict):
    report = verdict(slits(edit=without("ERR", 2, 3, 5)), NAME)
    assert found(report) == [("HDU009", "ERR", 2, 3)]


def test_array_missing_in_all_sets_is_missing_from_the_file(verdict):
    report = verdict(slits(edit=without("ERR", *range(1, 7))), NAME)
    assert found(report) == [("HDU001", "ERR", 1, 1)]


def test_optional_array_may_be_missing_in_a_set(verdict):
    assert found(verdict(slits(edit=without("BARSHADOW", 4)), NAME)) == []


@pytest.mark.parametrize(
    ("lost", "said"), [((3,), "3 is missing"), ((1,), "1 is missing"), ((2, 4, 5), "2 and 4 to 5")]
)
def test_lost_set_is_a_gap(lost, said, verdict):
    def edit(parts):
        return [p for p in parts if int(p.text("EXTVER")) not in lost]

    report = verdict(slits(edit=edit), NAME)
    assert [f[0] for f in found(report)] == ["HDU010"]
    assert said in next(f for f in report.findings if f.code == "HDU010").message


def test_wrong_extver_of_one_array_is_one_finding_on_it(verdict):
    report = verdict(slits(edit=changed("SCI", 3, lambda p: p.with_card("EXTVER", 9))), NAME)
    assert found(report) == [("HDU009", "SCI", 3, 1)]
    finding = next(f for f in report.findings if f.code == "HDU009")
    assert (finding.keyword, finding.hint) == ("EXTVER", "HDU 17 is SCI,9 and belongs to no set; correct its EXTVER")


def test_array_of_no_set_is_reported(verdict):
    report = verdict(slits(edit=lambda parts: [*parts, array("WAVELENGTH", 9, 4, extver=30)]), NAME)
    assert found(report) == [("HDU009", "WAVELENGTH", 30, 1)]


def test_misspelt_name_in_one_set_is_one_finding(verdict):
    report = verdict(slits(edit=changed("ERR", 3, lambda p: p.with_card("EXTNAME", "ERROR"))), NAME)
    assert found(report) == [("HDU009", "ERR", 3, 1)]
    assert "correct its EXTNAME" in next(f for f in report.findings if f.code == "HDU009").hint


def test_extver_of_another_set_is_a_duplicate_and_nothing_else(verdict):
    report = verdict(slits(edit=changed("SCI", 3, lambda p: p.with_card("EXTVER", 2))), NAME)
    assert found(report) == [("HDU003", "SCI", 2, 1)]
    assert "HDU009" in [s.code for s in report.skipped]


def test_set_without_extver_is_one_finding(verdict):
    def edit(parts):
        return [p.without_card("EXTVER") if p.text("EXTVER") == "2" else p for p in parts]

    report = verdict(slits(edit=edit), NAME)
    assert found(report) == [("HDU003", "SCI", 1, 8)]
    assert "has no EXTVER" in next(f for f in report.findings if f.code == "HDU003").hint


def test_first_set_without_extver_is_a_warning(verdict):
    def edit(parts):
        return [p.without_card("EXTVER") if p.text("EXTVER") == "1" else p for p in parts]

    report = verdict(slits(edit=edit), NAME)
    assert found(report) == [("HDU011", "SCI", 1, 8)]
    assert report.conforming


def test_wrong_size_in_one_set_names_that_array(verdict):
    report = verdict(slits(edit=changed("ERR", 3, lambda p: p.resized(5, 4))), NAME)
    assert found(report) == [("ARR003", "ERR", 3, 1)]
    assert "ncols = 9 from SLTSIZE1, SCI,3" in next(f for f in report.findings if f.code == "ARR003").message


def test_size_that_the_header_of_a_set_states_is_held_against_its_arrays(verdict):
    report = verdict(slits(edit=changed("SCI", 3, lambda p: p.with_card("SLTSIZE1", 99))), NAME)
    assert [(f.code, f.extname, f.extver, f.keyword) for f in report.findings if f.code == "KEY005"] == [
        ("KEY005", "SCI", 3, "SLTSIZE1")
    ]
    assert not report.conforming


def test_wrong_type_in_all_sets_is_one_finding(verdict):
    def edit(parts):
        return [p.without_card("BZERO") if p.name == "DQ" else p for p in parts]

    assert found(verdict(slits(edit=edit), NAME)) == [("ARR001", "DQ", 1, 6)]


def test_cut_file_does_not_blame_the_sets(verdict):
    raw = slits()
    report = verdict(raw[: len(raw) * 2 // 3], NAME)
    assert not report.conforming
    assert not {"HDU001", "HDU009"} & {f.code for f in report.findings}


def test_spectra_are_numbered_without_a_gap(catalogue, verdict):
    spectra = [listed(catalogue, "extract1d", "EXTRACT1D", extver=v) for v in (1, 2, 4)]
    report = verdict(made("MultiSpecModel", "1.11.4", *spectra), "jw01234001001_08102_00001_nrs1_x1d.fits")
    assert found(report) == [("HDU010", "EXTRACT1D", 4, 1)]


def test_wrong_column_in_all_spectra_is_one_finding(catalogue, verdict):
    spectra = [listed(catalogue, "extract1d", "EXTRACT1D", extver=v, without=["FLUX"]) for v in (1, 2, 3)]
    report = verdict(made("MultiSpecModel", "1.11.4", *spectra), "jw01234001001_08102_00001_nrs1_x1d.fits")
    assert found(report) == [("TAB002", "EXTRACT1D", 1, 3)]


def test_vector_of_another_length_than_the_others_is_named(catalogue, verdict):
    spectrum = listed(catalogue, "extract1d_tso", "EXTRACT1D")
    at = next(n for n in range(1, 28) if spectrum.text(f"TTYPE{n}") == "DQ")
    spectrum = spectrum.with_card(f"TFORM{at}", "4J").with_card("NAXIS1", spectrum.number("NAXIS1") - 4)
    raw = made("TSOMultiSpecModel", "3.0.0", spectrum, array("SCI", dtype="uint8"))
    report = verdict(raw, "jw01234001001_08103_00001_nrs1_x1dints.fits")
    assert [(f.code, f.column, f.expected) for f in report.findings if f.code == "TAB009"] == [
        ("TAB009", "DQ", "5 elements")
    ]


def test_order_within_sets_is_free_but_sci_comes_first(verdict):
    raw = split(slits(2))
    raw[1], raw[2] = raw[2], raw[1]
    report = verdict(join(raw), NAME)
    assert found(report) == [("HDU005", "SCI", 1, 1)]


@pytest.mark.parametrize(("extver", "fires"), [(1, False), (None, False), (2, True), (0, True), (-1, True)])
def test_a_single_hdu_is_numbered_one(extver, fires):
    raw = make("rate", CATALOGUE)
    name = file_name(CATALOGUE.spec("rate"))
    numbered = edited(
        raw, "ERR", lambda p: p.without_card("EXTVER") if extver is None else p.with_card("EXTVER", extver)
    )
    report = judge_file(numbered, name)
    found = [(f.code, str(f.severity), f.extname, f.keyword) for f in loud(report)]
    assert found == ([("HDU013", "warning", "ERR", "EXTVER")] if fires else [])


def test_hdus_that_are_all_numbered_otherwise_are_one_finding():
    parts = [p.with_card("EXTVER", 7) if p.name and p.name != "ASDF" else p for p in split(make("rate", CATALOGUE))]
    (found,) = loud(judge_file(join(parts), file_name(CATALOGUE.spec("rate"))))
    assert (found.code, found.count) == ("HDU013", 5)
