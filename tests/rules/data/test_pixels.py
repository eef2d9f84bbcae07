"""DATA001 to DATA005 and DATA020: pixels, flags and errors; plain and compressed."""

import numpy as np
import pytest
from builders import image, join, primary
from judging import DATA
from scanning import RELEASE, compressed, findings, flags, floats, noise, not_checked, one, report

NAN, INF = float("nan"), float("inf")
FITTED = {"CAL_VER": RELEASE, "S_RAMP": "COMPLETE"}
PLANE = (64, 64)


def changed(values, where):
    values = values.copy()
    for index, value in where.items():
        values[index] = value
    return values


class TestUnknownFlag:
    def test_bit_4_of_groupdq_is_not_defined(self):
        values = changed(np.zeros(64, "u1"), {10: 16, 20: 17})
        found = one([primary(), flags((8, 8), values, "GROUPDQ", 8)], "DATA001")
        assert (found.hdu, found.severity, found.found) == (1, "warning", "bit 4 (16)")
        assert "2 of 64 pixels (3.1 %), first at (3,2)" in found.message

    def test_every_defined_bit_is_quiet(self):
        parts = [primary(), flags((8, 8), np.full(64, 2**32 - 1)), flags((8, 8), np.full(64, 0xEF), "GROUPDQ", 8)]
        assert not findings(parts, "DATA001")

    def test_wide_flags_beyond_the_defined_ones_are_found(self):
        values = changed(np.zeros(64, ">i8"), {63: 2**40})
        found = one([primary(), image("DQ", (8, 8), 64, values.tobytes())], "DATA001")
        assert "bit 40" in found.found or "40 (" in found.found

    def test_the_bits_come_from_the_specs(self, tmp_path):
        (tmp_path / "dq_flags.yaml").write_text("pixel: {arrays: [DQ], flags: [{bit: 0, name: A, meaning: a}]}\n")
        parts = [primary(), flags((8, 8), np.full(64, 3))]
        found = [f for f in report(parts, specs=str(tmp_path)).findings if f.code == "DATA001"]
        assert [f.found for f in found] == ["bit 1 (2)"]


class TestNanWithoutFlag:
    @staticmethod
    def parts(where=(70,), flagged=(), extver=1, **keywords):
        values, quality = noise(8, 8, 2), np.zeros(128, "u4")
        values[list(where)] = NAN
        quality[list(flagged)] = 1
        return [
            primary(**{"CAL_VER": RELEASE, **keywords}),
            floats("SCI", (8, 8, 2), values, extver),
            flags((8, 8, 2), quality, extver=extver),
        ]

    def test_a_nan_that_is_not_flagged_is_a_warning(self):
        found = one(self.parts(where=(70, 3), flagged=(3,)), "DATA002", "rateints")
        assert (found.hdu, found.severity) == (1, "warning")
        assert "1 of 128 pixels (0.78 %) are NaN without DO_NOT_USE in DQ, first at (7,1,2)" in found.message
        assert found.found == "1 of 2 NaN flagged"

    @pytest.mark.parametrize("step", ["S_FLAT", "S_PHOTOM", "S_PTHLOS", "S_OUTLIR"])
    def test_it_is_an_error_where_a_step_vouches_for_it(self, step):
        assert one(self.parts(**{step: "COMPLETE"}), "DATA002", "calints").severity == "error"
        assert one(self.parts(**{step: "SKIPPED"}), "DATA002", "calints").severity == "warning"
        assert one(self.parts(**{step: "COMPLETE"}), "DATA002", "rateints").severity == "warning"

    def test_flagged_nan_is_quiet(self):
        assert not findings(self.parts(where=(5, 70), flagged=(5, 70, 71)), "DATA002", "calints")

    @pytest.mark.parametrize("release", ["1.15.1", "1.9.6", "nonsense", ""])
    def test_older_releases_are_quiet(self, release):
        assert not findings(self.parts(CAL_VER=release), "DATA002", "calints")

    @pytest.mark.parametrize("product", ["s3d", "wfscmb", "dark"])
    def test_products_without_the_convention_are_quiet(self, product):
        assert not findings(self.parts(), "DATA002", product)

    def test_flags_of_another_shape_are_not_compared(self):
        parts = [*self.parts()[:2], flags((8, 8), np.zeros(64))]
        assert not findings(parts, "DATA002", "calints")

    def test_slits_fold_into_one_finding(self):
        parts = self.parts()
        for extver in (2, 3):
            parts += self.parts(extver=extver)[1:]
        assert one(parts, "DATA002", "cal").count == 3

    def test_a_cut_array_is_not_judged(self):
        values, quality = noise(64, 64), flags(PLANE, np.zeros(4096))
        values[0] = NAN
        raw = join([primary(CAL_VER=RELEASE), floats("SCI", PLANE, values), quality])[:-2880]
        assert not findings(raw, "DATA002", "cal")
        assert not_checked(raw, "DATA002", "cal") == ["SCI and DQ: DQ: the file is truncated in its data"]


class TestNanInRamp:
    @staticmethod
    def parts(where=(70, 75), pixel=(), group=(), size=(9, 3, 2, 2), **keywords):
        values, width = noise(*size), size[0] * size[1]
        values[list(where)] = NAN
        pixels, groups = np.zeros(width, "u4"), np.zeros(len(values), "u1")
        pixels[list(pixel)], groups[list(group)] = 1, 1
        return [
            primary(**{"CAL_VER": RELEASE, **keywords}),
            floats("SCI", size, values),
            flags(size[:2], pixels, name="PIXELDQ"),
            flags(size, groups, "GROUPDQ", 8),
        ]

    def test_a_nan_that_neither_array_flags_is_a_warning(self):
        found = one(self.parts(group=(75,)), "DATA002", "ramp")
        assert (found.hdu, found.severity) == (1, "warning")
        assert "1 of 108 pixels (0.93 %) are NaN without DO_NOT_USE in PIXELDQ, first at (8,2,1,2)" in found.message
        assert found.found == "1 of 2 NaN flagged"

    def test_flag_of_a_pixel_holds_for_all_groups(self):
        assert not findings(self.parts(where=(16, 43, 70, 97), pixel=(16,)), "DATA002", "dark")
        assert one(self.parts(where=(16, 43, 70, 98), pixel=(16,)), "DATA002", "dark").found == "3 of 4 NaN flagged"

    def test_flag_of_a_group_holds_for_that_group(self):
        assert not findings(self.parts(group=(70, 75)), "DATA002", "ramp")
        assert one(self.parts(group=(71, 75)), "DATA002", "ramp").found == "1 of 2 NaN flagged"

    def test_other_bits_are_no_do_not_use(self):
        parts = self.parts(where=(0,))
        parts[2] = flags((9, 3), np.full(27, 2, "u4"), name="PIXELDQ")
        assert one(parts, "DATA002", "ramp").severity == "warning"

    @pytest.mark.parametrize("order", [(0, 2, 3, 1), (0, 3, 1, 2), (0, 1, 3, 2)])
    def test_order_of_the_arrays_does_not_matter(self, order):
        parts = self.parts(pixel=(16,))
        assert one([parts[n] for n in order], "DATA002", "ramp").found == "1 of 2 NaN flagged"

    def test_a_ramp_without_group_flags_has_those_of_its_pixels(self):
        assert one(self.parts(pixel=(16,))[:3], "DATA002", "ramp").found == "1 of 2 NaN flagged"

    @pytest.mark.parametrize(("release", "count"), [("1.15.1", 0), ("1.16.0", 1)])
    def test_releases_before_the_convention_are_quiet(self, release, count):
        assert len(findings(self.parts(CAL_VER=release), "DATA002", "ramp")) == count

    def test_a_cut_array_of_flags_is_not_judged(self):
        parts = self.parts(size=(64, 64, 2, 2))
        raw = join(parts)[:-2880]
        assert not findings(raw, "DATA002", "ramp")
        assert not_checked(raw, "DATA002", "ramp") == ["SCI and PIXELDQ: GROUPDQ: the file is truncated in its data"]


class TestInfinite:
    @pytest.mark.parametrize("name", ["SCI", "ERR", "VAR_FLAT", "ZEROFRAME"])
    @pytest.mark.parametrize("value", [INF, -INF])
    def test_an_infinite_pixel_is_found(self, name, value):
        found = one([primary(), floats(name, PLANE, changed(noise(*PLANE), {65: value, 7: NAN}))], "DATA003")
        assert (found.hdu, found.severity) == (1, "warning")
        assert "1 of 4096 pixels (0.024 %) are infinite, first at (2,2)" in found.message

    def test_nan_and_large_numbers_are_quiet(self):
        values = changed(noise(*PLANE), {0: NAN, 1: 3.4e38, 2: -3.4e38})
        assert not findings([primary(), floats("SCI", PLANE, values)], "DATA003")


class TestNegative:
    @pytest.mark.parametrize("name", ["ERR", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT"])
    def test_a_negative_pixel_is_found(self, name):
        found = one([primary(), floats(name, PLANE, changed(noise(*PLANE), {64: -1, 4095: -2}))], "DATA004")
        assert (found.hdu, found.severity) == (1, "warning")
        assert "2 of 4096 pixels (0.049 %) are negative, first at (1,2)" in found.message

    def test_negative_science_and_minus_zero_are_quiet(self):
        parts = [
            primary(),
            floats("SCI", PLANE, -noise(*PLANE)),
            floats("ERR", PLANE, changed(noise(*PLANE), {0: -0.0})),
        ]
        assert not findings(parts, "DATA004")


class TestErrorAndVariance:
    @staticmethod
    def parts(scale=1.0, part=slice(None), flat=True, **keywords):
        made = {name: noise(*PLANE, seed=n) for n, name in enumerate(("VAR_POISSON", "VAR_RNOISE", "VAR_FLAT"))}
        made = dict(list(made.items())[: 3 if flat else 2])
        error = np.sqrt(sum(v.astype("f8") for v in made.values()))
        error[part] *= scale
        error[17] = NAN
        return [
            primary(**{**FITTED, **keywords}),
            floats("ERR", PLANE, error),
            *(floats(name, PLANE, values) for name, values in made.items()),
        ]

    @pytest.mark.parametrize("flat", [True, False])
    def test_the_pipelines_own_error_is_quiet(self, flat):
        assert not findings(self.parts(flat=flat), "DATA005", "cal")

    def test_an_error_of_another_scale_is_found(self):
        found = one(self.parts(scale=3), "DATA005", "cal")
        assert (found.hdu, found.severity) == (1, "warning")
        assert found.found == "9 times the sum"
        assert "100 % of 4095 pixels" in found.message

    def test_a_few_odd_pixels_are_quiet(self):
        assert not findings(self.parts(scale=3, part=slice(0, 500)), "DATA005", "cal")

    def test_files_whose_ramps_the_pipeline_did_not_fit_are_quiet(self):
        assert not findings(self.parts(scale=3, S_RAMP="SKIPPED"), "DATA005", "cal")

    @pytest.mark.parametrize("product", ["psfsub", "i2d"])
    def test_products_with_errors_of_their_own_are_quiet(self, product):
        assert not findings(self.parts(scale=3), "DATA005", product)


class TestCompressed:
    def test_the_pixels_of_a_compressed_image_are_looked_at(self):
        values = noise(64, 64, 3).astype("f4")
        values[4096:8192] = 0
        values[9000] = INF
        raw = compressed((64, 64, 3), values, "GZIP_1", quantize_level=0)
        assert "first plane 2" in one(raw, "DATA007").message
        assert "first at (41,13,3)" in one(raw, "DATA003").message

    def test_compressed_flags_are_looked_at(self):
        values = np.zeros(4096, "i4")
        values[100] = 16
        raw = compressed(PLANE, values, "RICE_1", name="GROUPDQ")
        assert "first at (37,2)" in one(raw, "DATA001").message

    @pytest.mark.parametrize("algorithm", ["HCOMPRESS_1", "PLIO_1"])
    def test_what_is_not_restored_is_said(self, algorithm):
        raw = compressed(PLANE, np.zeros(4096, "i2"), algorithm)
        assert not findings(raw, "DATA007")
        assert not_checked(raw, "DATA007") == [f"SCI: the compression '{algorithm}' is not supported"]


@pytest.mark.parametrize("path", sorted(DATA.glob("good/**/*.fits*")), ids=lambda p: p.name)
def test_real_files_are_quiet(path, verdict):
    from jwstprod_check import check

    found = check(path, data=True)
    assert found.level == "data"
    assert [
        f for f in found.findings if f.code.startswith(("DATA", "FITS08", "TAB02", "SUM")) and f.severity != "info"
    ] == []


class TestErrorNanWithoutFlag:
    @staticmethod
    def parts(error=(), science=(), flagged=(), order="SED", release="1.16.0", extver=1):
        """SCI, ERR and DQ of 128 pixels in an order, with NaN and DO_NOT_USE at some of them."""
        one_, other, quality = noise(8, 8, 2), noise(8, 8, 2, seed=1), np.zeros(128, "u4")
        one_[list(science)], other[list(error)], quality[list(flagged)] = NAN, NAN, 1
        made = {
            "S": floats("SCI", (8, 8, 2), one_, extver),
            "E": floats("ERR", (8, 8, 2), other, extver),
            "D": flags((8, 8, 2), quality, extver=extver),
        }
        return [primary(CAL_VER=release), *(made[letter] for letter in order)]

    @pytest.mark.parametrize("order", ["SED", "SDE", "ESD", "EDS", "DSE", "DES"])
    def test_a_nan_in_err_alone_is_a_warning(self, order):
        found = one(self.parts(error=(70, 3), science=(3,), order=order), "DATA020", "calints")
        assert (found.hdu, str(found.severity)) == (order.index("E") + 1, "warning")
        assert "1 of 128 pixels (0.78 %) are NaN where SCI is a number" in found.message
        assert "first at (7,1,2)" in found.message

    @pytest.mark.parametrize("order", ["SED", "SDE", "DSE"])
    @pytest.mark.parametrize("where", [{"science": (70,)}, {"flagged": (70,)}, {"science": (70,), "flagged": (70,)}])
    def test_a_nan_that_sci_or_dq_has_too_is_quiet(self, order, where):
        assert not findings(self.parts(error=(70,), order=order, **where), "DATA020", "calints")

    def test_without_nan_there_is_nothing_to_find(self):
        assert not findings(self.parts(science=(5,), flagged=(5,)), "DATA020", "calints")

    @pytest.mark.parametrize(("release", "fires"), [("1.15.1", False), ("1.16.0", True), ("3.0.0", True)])
    @pytest.mark.parametrize("product", ["calints", "crfints"])
    def test_it_is_asked_of_1_16_and_later(self, product, release, fires):
        assert bool(findings(self.parts(error=(70,), release=release), "DATA020", product)) is fires

    @pytest.mark.parametrize("product", ["rateints", "s3d"])
    def test_other_products_are_not_asked(self, product):
        assert not findings(self.parts(error=(70,)), "DATA020", product)

    def test_slits_are_compared_one_by_one(self):
        first, second = self.parts(error=(1,), flagged=(1,)), self.parts(error=(2,), flagged=(1,), extver=2)
        found = one([*first, *second[1:]], "DATA020", "cal")
        assert found.hdu == 5

    def test_arrays_that_are_too_large_together_are_said(self, monkeypatch):
        monkeypatch.setattr("jwstprod_check.scan.questions.MAX_BITMAPS", 10)
        reasons = not_checked(self.parts(error=(70,)), "DATA020", "calints")
        assert reasons == ["ERR, SCI and DQ: the arrays are too large to be compared within the memory limit"]


class TestNanOfResampledImages:
    def test_it_is_information_in_any_release(self):
        for release in ("1.8.5", RELEASE):
            parts = TestNanWithoutFlag.parts(CAL_VER=release, S_FLAT="COMPLETE")
            assert str(one(parts, "DATA002", "i2d").severity) == "info"

    def test_without_dq_nothing_is_said(self):
        values = changed(noise(8, 8), {3: NAN})
        parts = [primary(CAL_VER=RELEASE), floats("SCI", (8, 8), values)]
        assert not findings(parts, "DATA002", "i2d")
        assert not_checked(parts, "DATA002", "i2d") == []

    def test_dq_of_other_axes_is_said(self):
        parts = [primary(CAL_VER=RELEASE), floats("SCI", (8, 8, 2)), flags((8, 8), np.zeros(64))]
        (reason,) = not_checked(parts, "DATA002", "i2d")
        assert reason.startswith("SCI and DQ: they are not images of the same axes")
