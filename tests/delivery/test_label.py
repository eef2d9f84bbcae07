"""Labels of MAST's uploader: what is written of files, and what is found wrong with a label. CI shows both to the real tool."""

import re
import shutil

import pytest
import yaml
from judging import DATA

from jwstprod_check.delivery.label import described
from jwstprod_check.delivery.label_files import compare_label
from jwstprod_check.delivery.label_lint import lint_label
from jwstprod_check.delivery.label_read import LabelError, read_label
from jwstprod_check.fits.walk import read_source
from jwstprod_check.storage.memory import MemorySource

GOOD = DATA / "good" / "jwst-3.0.0"
DARK = "jw01234001001_02103_00001_nrca1_dark.fits"
HEAD = """dataset: d
delivery_id: 1
time: {delivery_start_date: 2026-01-01}
delivery_meta: {schema_version: 0.1.0}
"""
PRIMARY = "{objtype: primary, name: PRIMARY}"


def label(objects=PRIMARY, filename=r"'(^|/)a\.fits$'", more="", head=HEAD):
    return f"{head}filetypes:\n  a:\n    filename: [{filename}]\n    standard: fits\n    objects: [{objects}]\n{more}"


def found(text, tmp_path, folder=None):
    path = tmp_path / "label.yml"
    path.write_text(text)
    content = read_label(str(path))
    return [*lint_label(content), *(() if folder is None else compare_label(content, str(folder)))]


@pytest.fixture
def written(tmp_path, jwstprod):
    """The label of the good files of a release."""
    path = tmp_path / "label.yml"
    assert jwstprod("label", GOOD, "-o", path, "--dataset", "dark-library", "--hook").status == 0
    return path


def test_label_has_each_file_in_one_filetype(written):
    content = yaml.safe_load(written.read_text())
    assert content["dataset"] == "dark-library"
    patterns = [p for one in content["filetypes"].values() for p in one["filename"]]
    for path in GOOD.iterdir():
        assert sum(bool(re.match(p, path.name)) for p in patterns) == 1
        assert sum(bool(re.search(p, f"x/{path.name}")) for p in patterns) == 1


def test_label_describes_hdus_in_order(written):
    types = yaml.safe_load(written.read_text())["filetypes"]
    (one,) = [t for t in types.values() if any(DARK.removesuffix(".fits") in p for p in t["filename"])]
    first, science = one["objects"][:2]
    assert first == {"objtype": "primary", "name": "PRIMARY", "ndim": 0}
    assert science == {"objtype": "image", "name": "SCI", "dtype": "f4", "ndim": 4}
    group = next(o for o in one["objects"] if o["name"] == "GROUP")
    assert group["schema"][0] == {"name": "integration_number", "dtype": "i4"}
    assert one["validation_options"] == {"object_check_hook": "jwstprod_check.mast_hook"}


def test_label_of_files_that_differ_has_a_filetype_for_each_set_of_hdus(tmp_path, jwstprod):
    for product in ("rate", "cal"):
        jwstprod("make", product, tmp_path)
    jwstprod("make", "rate", tmp_path / "jw99999001001_02101_00001_nrca1_rate.fits", "--break", "HDU001")
    (tmp_path / "notes.txt").write_text("x")
    done = jwstprod("label", tmp_path)
    types = yaml.safe_load(done.out)["filetypes"]
    assert sorted(types) == ["cal", "other-txt", "rate", "rate-2"]
    assert types["other-txt"] == {"filename": [r"(^|/)notes\.txt$"], "standard": "unspecified"}


def test_what_no_label_can_describe_is_said(tmp_path, jwstprod):
    shutil.copy(GOOD / DARK, tmp_path)
    (tmp_path / "x_dark.fits").write_bytes((GOOD / DARK).read_bytes()[:20_000])
    done = jwstprod("label", tmp_path)
    assert done.status == 1
    assert "not in the label: x_dark.fits: it cannot be read to its end" in done.err
    assert "x_dark" not in done.out


def test_names_of_several_folders_that_differ_are_said(tmp_path, jwstprod):
    for folder, product in (("a", "rate"), ("b", "cal")):
        (tmp_path / folder).mkdir()
        jwstprod("make", product, tmp_path / folder / "x_rate.fits")
    done = jwstprod("label", tmp_path)
    assert done.status == 1
    assert "x_rate.fits: files of this name differ, and a pattern is for both" in done.err


def test_ascii_table_has_no_word():
    card = "{:<80}".format
    cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "END",
    ]
    table = [
        "XTENSION= 'TABLE   '", "BITPIX  =                    8", "NAXIS   =                    2", "NAXIS1  =                    1",
        "NAXIS2  =                    0", "PCOUNT  =                    0", "GCOUNT  =                    1",
        "TFIELDS =                    0", "END",
    ]  # fmt: skip
    raw = b"".join("".join(map(card, part)).encode().ljust(2880) for part in (cards, table))
    with MemorySource(raw, "x") as source:
        assert "has no word for HDU 1, a TABLE extension" in described("x", None, read_source(source, "x")).obstacle


@pytest.mark.parametrize("arguments", [(), ("no-such-folder",)])
def test_label_of_nothing_is_a_usage_error(arguments, jwstprod):
    assert jwstprod("label", *arguments).status == 2


def test_folder_without_files_has_no_label(tmp_path, jwstprod):
    assert jwstprod("label", tmp_path).status == 2


def test_written_label_is_clean(written, jwstprod):
    done = jwstprod("label", "--lint", written, GOOD)
    assert (done.status, done.out) == (0, f"{written}: nothing found\n")


def test_good_label_is_quiet(tmp_path):
    objects = (
        f"{PRIMARY}, {{objtype: image, name: '', dtype: f4, ndim: 2}}, "
        "{objtype: bintable, name: T, schema: [{name: x, dtype: f8, ndim: 0}], metadata: {K: {value: 1}, L: {value: 'text'}}}, "
        "{objtype: image, name: 'S.*', repeated: true}, {objtype: image, name: LAST, optional: true}"
    )
    assert found(label(objects, r"'(^|/)a\.fits$', '(?!)(^|/)b\.fits$'"), tmp_path) == []


TABLE = "{objtype: bintable, name: T, schema: [%s]}"
META = "{objtype: primary, name: PRIMARY, metadata: {K: %s}}"
BROKEN = {
    "filename of a folder": (label(filename=r"'data/a\.fits$'"), "filename/0", "the server matches base names"),
    "filename that begins with ^": (label(filename=r"'^a\.fits$'"), "filename/0", r"write (^|/)a\.fits$"),
    "filename that begins within a name": (label(filename=r"'_dark\.fits$'"), "filename/0", r"write (^|/).*_dark\.fits$"),
    "excluded folder": (label(filename=r"'(^|/)a$', '(?!).*/b\.fits'"), "filename/1", "the server matches base names"),
    "no regular expression": (label(filename="'a('"), "filename/0", "no regular expression"),
    "exclusions alone": (label(filename=r"'(?!)(^|/)b$'"), "/filename", "at least one must"),
    "unknown key": (label(more="    standart: x\n"), "a/standart", "the key is not known; 'standard' is"),
    "key twice": (label(more="    standard: fits\n"), "/filetypes/a", "'standard' appears twice"),
    "unknown key of an object": (label("{objtype: primary, name: PRIMARY, dtypes: f4}"), "0/dtypes", "'dtype' is"),
    "dataset missing": (label(head=HEAD.replace("dataset: d\n", "")), "/dataset", "missing, and required"),
    "date missing": (label(head=HEAD.replace("delivery_start_date", "observation_start_date")), "start_date", "missing"),
    "version missing": (label(head=HEAD.replace("{schema_version: 0.1.0}", "{x: 1}")), "schema_version", "missing"),
    "first is no primary": (label("{objtype: image, name: SCI}"), "objects/0", "the first object must be the primary"),
    "unknown objtype": (label("{objtype: primary, name: PRIMARY}, {objtype: table, name: T}"), "1/objtype", "'table' is not known"),
    "no name": (label("{objtype: primary}"), "0/name", "an object without a name never passes"),
    "name in lower case": (label("{objtype: primary, name: Primary}"), "0/name", "write PRIMARY"),
    "optional in the middle": (
        label(f"{PRIMARY}, {{objtype: image, name: A, optional: true}}, {{objtype: image, name: B}}"),
        "1/optional", "an optional object before one that is not",
    ),
    "dtype unknown": (label("{objtype: primary, name: PRIMARY, dtype: float32}"), "0/dtype", "'float32' is not known"),
    "dtype of a table": (label(f"{PRIMARY}, {{objtype: bintable, name: T, dtype: f4, schema: [{{name: x, dtype: f8}}]}}"), "1/dtype", "a table has no data type"),
    "no schema": (label(f"{PRIMARY}, {TABLE % ''}"), "1/schema", "each is one too many"),
    "shape of a column": (label(f"{PRIMARY}, {TABLE % '{name: x, dtype: f8, ndim: 1}'}"), "schema/0/ndim", "0 alone passes"),
    "column without dtype": (label(f"{PRIMARY}, {TABLE % '{name: x}'}"), "schema/0/dtype", "missing, and required"),
    "keyword without a value": (label(META % "{index: 0}"), "metadata/K", "never passes"),
    "text that is a number": (label(META % "{value: '01234'}"), "K/value", "quotes do not keep '01234' text"),
    "text that is a switch": (label(META % "{value: 'True'}"), "K/value", "quotes do not keep 'True' text"),
    "value_regex": (label(META % "{value: x, value_regex: true}"), "value_regex", "stops the tool"),
    "standard unknown": (label().replace("standard: fits", "standard: csv"), "/standard", "pass by their names alone"),
    "ignored with objects": (label(more="    ignore: true\n"), "/objects", "an ignored filetype must not have it"),
    "unknown skip": (label(more="    validation_options: {skip: [names]}\n"), "/skip", "'names' skips nothing"),
    "one pattern twice": (label(more=r"  b: {filename: ['(^|/)a\.fits$'], standard: unspecified}" + "\n"), "b/filename/0", "a has the same pattern"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_defect_of_a_label_is_found_at_its_place(name, tmp_path):
    text, place, message = BROKEN[name]
    matching = [one for one in found(text, tmp_path) if one.place.endswith(place) and message in one.text]
    assert matching, found(text, tmp_path)
    assert all(one.line > 0 for one in matching)


@pytest.mark.parametrize("skip", ["schema", "all"])
def test_what_is_skipped_is_not_found(skip, tmp_path):
    text = label(f"{PRIMARY}, {TABLE % ''}", more=f"    validation_options: {{skip: [{skip}]}}\n")
    assert found(text, tmp_path) == []


@pytest.mark.parametrize(("hdus", "message"), [(7, ""), (6, "the tool never ends on it"), (8, "asks for 8")])
def test_number_of_hdus_is_compared_with_the_files(hdus, message, tmp_path, jwstprod):
    folder = tmp_path / "files"
    folder.mkdir()
    shutil.copy(GOOD / DARK, folder / "a.fits")
    count = 7
    objects = ", ".join([PRIMARY] + ["{objtype: image, name: X}"] * (hdus - 1))
    texts = [one.text for one in found(label(objects), tmp_path, folder)]
    with (folder / "a.fits").open("rb") as stream:
        assert stream.read().count(b"XTENSION=") == count - 1
    assert (texts == []) if not message else (len(texts) == 1 and message in texts[0])


def test_files_of_no_filetype_and_of_two_are_found(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("b.txt", "c.txt"):
        (folder / name).write_text("x")
    types = "".join(
        f"  t{n}: {{filename: ['(^|/){p}$'], standard: unspecified}}\n"
        for n, p in enumerate((r"b\.txt", r"[ab]\.txt", "z"))
    )
    texts = {one.place: one.text for one in found(f"{HEAD}filetypes:\n{types}", tmp_path, folder)}
    assert texts["b.txt"] == "it is of 2 filetypes (t0 and t1); a file must be of one"
    assert texts["c.txt"] == "it is of no filetype; a file must be of one"
    assert texts["/filetypes/t2"] == "no file in the folder is of it"


def test_pattern_that_the_server_reads_otherwise_is_found_beside_the_files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "my_b.txt").write_text("x")
    text = f"{HEAD}filetypes:\n  t: {{filename: ['b.txt$'], standard: unspecified}}\n"
    (one,) = found(text, tmp_path, folder)
    assert one.text == "it is of 1 filetype (t) for local commands, of no filetype for the server"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a", "it is no mapping"),
        (b"a: [", "it is no YAML"),
        (b"a: \xff", "it is not UTF-8"),
        (b"", "it is no mapping"),
    ],
)
def test_what_is_no_label_cannot_be_checked(content, message, tmp_path, jwstprod):
    path = tmp_path / "x.yml"
    path.write_bytes(content)
    with pytest.raises(LabelError, match=message):
        read_label(str(path))
    done = jwstprod("label", "--lint", path)
    assert done.status == 2
    assert message in done.err
    assert jwstprod("label", "--lint", tmp_path / "none.yml").status == 2


def test_findings_have_exit_status_1_and_their_line(tmp_path, jwstprod):
    path = tmp_path / "x.yml"
    path.write_text(label("{objtype: primary}"))
    done = jwstprod("label", "--lint", path)
    assert done.status == 1
    assert f"{path}:9: /filetypes/a/objects/0/name: an object without a name never passes" in done.out


def test_aliases_without_end_are_given_up(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(LabelError, match="too many parts"):
        found("\n".join(lines), tmp_path)
