"""PROD: which product it is. Name, DATAMODL, EXP_TYPE and content agree or not."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.sniff import ECSV
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, quoted


def _votes(context: Context) -> str:
    return "; ".join(str(v) for v in context.product.evidence) or "there is no evidence"


@rule("PROD001", "unknown-product", scope="walk")
def unknown(context: Context) -> Iterator[Outcome]:
    """The product of the file can be told.

    The suffix of the name decides; DATAMODL, EXP_TYPE and the HDUs help where there is none. A file of unknown product
    is not checked against any table, so it cannot be called conforming.

    Mend: give the file its product's name (`..._dark.fits`), or say `--product`.
    Source: jwst documentation, data_products/file_naming.rst and product_types.rst.
    """
    product = context.product
    if product.name is not None or product.not_jwst_reason:
        return
    fits = f"it could be {listed(product.candidates)}" if product.candidates else "its HDUs fit no known product"
    yield Problem(
        f"the product cannot be told: {_votes(context)}; {fits}",
        expected="a name that ends in a product suffix, or a DATAMODL that says it",
        hint="say --product NAME if you know it; `jwstprod spec list` shows the names",
    )


@rule("PROD002", "contradictory-evidence", scope="walk")
def contradictory(context: Context) -> Iterator[Outcome]:
    """File name and DATAMODL speak of the same product.

    Readers choose the data model by DATAMODL, archives and associations choose by the name; where the two
    disagree, somebody reads the file as what it is not. The votes are listed; the HDUs decide which is followed.

    Mend: rename the file, or write the DATAMODL that its product has.
    Source: jwst issues 2248, 1815 and 4566; pull requests 2401 and 2735.
    """
    product = context.product
    model = product.evidence_from("DATAMODL")
    name = product.evidence_from("file name")
    chosen = product.name
    if chosen is None or (name is None and not product.forced):
        return
    models = context.spec.spec.recognise.models
    if model is not None and models and chosen not in model.products:
        yield Problem(
            f"DATAMODL {quoted(model.said)} is not a model of {chosen}: {_votes(context)}",
            hdu=context.file.hdus[0],
            keyword="DATAMODL",
            expected=listed(models),
            found=quoted(model.said),
        )
    elif name is not None and chosen not in name.products:
        yield Problem(
            f"the name ends in {quoted(name.said)} but the file is checked as {chosen}: {_votes(context)}",
            expected=f"_{context.spec.spec.recognise.suffixes[0]}",
            found=quoted(name.said),
            severity=Severity.WARNING if product.forced else None,
        )


@rule("PROD003", "unusual-exposure-type", Severity.WARNING, scope="spec")
def exposure_type(context: Context) -> Iterator[Outcome]:
    """EXP_TYPE is one from which the product is made.

    A product that is only made from some types of exposure (a dark from dark exposures) is suspicious with
    another: the name may be wrong, or the pipeline was run by hand on the wrong input.

    Mend: check the name and EXP_TYPE; none if it was meant.
    Source: jwst documentation, pipeline/main.rst.
    """
    evidence_from = context.product.evidence_from("EXP_TYPE")
    types = context.spec.spec.recognise.exp_types
    if evidence_from is not None and types and evidence_from.said not in types:
        yield Problem(
            f"EXP_TYPE {quoted(evidence_from.said)} does not make a {context.spec.product}: {_votes(context)}",
            hdu=context.file.hdus[0],
            keyword="EXP_TYPE",
            expected=listed(types),
            found=quoted(evidence_from.said),
        )


@rule("PROD004", "missing-datamodl", scope="spec")
def no_model(context: Context) -> Iterator[Outcome]:
    """The primary header has DATAMODL.

    Without it the pipeline's reader guesses the data model from shapes, and has guessed wrong.

    Mend: write DATAMODL with the model that the message names.
    Source: jwst issues 2248 and 157; pull request 2401.
    """
    models = context.spec.spec.recognise.models
    if models and context.product.evidence_from("DATAMODL") is None:
        yield Problem(
            f"DATAMODL is missing; a {context.spec.product} has {listed(models)}",
            hdu=context.file.hdus[0],
            keyword="DATAMODL",
            expected=listed(models),
            found="missing",
        )


@rule("PROD005", "name-without-product", Severity.WARNING, scope="walk")
def nameless(context: Context) -> Iterator[Outcome]:
    """The file name ends in a product suffix.

    Archives, associations and viewers tell the product by the suffix of the name.

    Mend: name the file by the rule, `..._dark.fits`.
    Source: jwst documentation, data_products/file_naming.rst.
    """
    product = context.product
    if (
        product.file_name is not None
        and product.name is not None
        and product.evidence_from("file name") is None
        and not product.forced
    ):
        yield Problem(
            f"the name {quoted(product.file_name.base)} ends in no product suffix; taken for {product.name}: {_votes(context)}",
            expected="_" + context.spec.spec.recognise.suffixes[0] + ".fits",
            found=quoted(product.file_name.base),
        )


@rule("PROD006", "malformed-name", Severity.WARNING, scope="walk")
def malformed_name(context: Context) -> Iterator[Outcome]:
    """A name that begins like a product's keeps to the naming rule.

    The archive's ingest takes names apart; fields that are too long or joined by the wrong mark stop it. Names that
    do not begin with `jw` and a digit are a user's own business.

    Mend: rename the file by the rule; `-seg001` and the like have fixed widths.
    Source: jwst documentation, data_products/file_naming.rst; jwst issues 5324, 1159 and 1478.
    """
    name = context.product.file_name
    if (
        name is not None
        and not name.form
        and name.suffix
        and name.base[:2].lower() == "jw"
        and name.base[2:3].isdigit()
    ):
        yield Problem(
            f"the name {quoted(name.base)} does not keep to the naming rule",
            expected="jw<program><observation><visit>_<activity>_<exposure>_<detector>_<type>.fits or the form of its stage",
            found=quoted(name.base),
        )


@rule("PROD007", "not-a-jwst-product", scope="walk")
def not_jwst_reason(context: Context) -> Iterator[Outcome]:
    """The file is a JWST product.

    Calibration reference files and files of other telescopes are FITS, but no product table describes them.

    Mend: leave the file out of the check.
    Source: keywords REFTYPE and TELESCOP.
    """
    if context.product.not_jwst_reason:
        yield Problem(
            f"not a JWST product: {context.product.not_jwst_reason}",
            expected="a JWST product",
            found=context.product.not_jwst_reason,
        )


@rule("PROD008", "rests-on-amendment", Severity.INFO, scope="spec")
def amended(context: Context) -> Iterator[Outcome]:
    """The verdict holds for the documented table alone.

    Where real files are known to differ from the documented table, an amendment of the spec says so. This line tells
    that the file is one of them; `--strict` holds it against the table as it stands.

    Mend: none.
    Source: the amendment, `jwstprod spec show PRODUCT`.
    """
    from jwstprod_check.rules.product.amendments import rests_on

    for amendment, differences in rests_on(context):
        what, first = "; ".join(d.text for d in differences), differences[0]
        yield Problem(
            f"{what}: allowed by amendment {amendment.id}, because {amendment.because}",
            hdu=None if first.hdu is None else context.file.hdus[first.hdu],
            extname=first.extname,
            hint=amendment.source,
        )


@rule("PROD009", "not-covered", scope="file")
def not_covered(context: Context) -> Iterator[Outcome]:
    """The product is one whose files are FITS.

    Source catalogues, photometry and white-light curves are ECSV tables. They are recognised by their names and not
    checked, so they cannot be called conforming either.

    Mend: leave the file out of the check; `astropy.table.Table.read` reads it.
    Source: jwst documentation, data_products/science_products.rst.
    """
    spec = context.uncovered
    if spec is None:
        return
    title = f"{spec.title[0].lower()}{spec.title[1:]} ({spec.product})"
    if context.file.hdus:
        yield Problem(
            f"the file is taken for a {title}, which is an {spec.format} table, but it is FITS: {_votes(context)}",
            expected=f"an {spec.format} table",
            found="a FITS file",
            hint="correct the name of the file",
        )
    elif any(fault.text == ECSV for fault in context.file.faults):
        yield Problem(
            f"a {title}: {spec.format} tables are not FITS and are not covered",
            expected="a FITS file",
            found=ECSV,
            hint="leave it out of the check",
        )


RULES = (
    unknown,
    contradictory,
    exposure_type,
    no_model,
    nameless,
    malformed_name,
    not_jwst_reason,
    amended,
    not_covered,
)
