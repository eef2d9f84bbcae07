"""PROD: which product the file is, by its name, DATAMODL, EXP_TYPE and HDUs."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.sniff import ECSV
from jwstprod_check.product.identify import PATTERN
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.model import Exposures
from jwstprod_check.spec.schema import Recognise
from jwstprod_check.text import listed, quoted


def expected_name(recognise: Recognise) -> str:
    """How the name of a product's file ends, or a pattern of it."""
    return f"_{recognise.suffixes[0]}.fits" if recognise.suffixes else listed(recognise.names) or "any name"


def _evidence(context: Context) -> str:
    return "; ".join(map(str, context.product.evidence)) or "there is no evidence"


def _fitting(products: tuple[str, ...], compared: bool) -> str:
    if not products:
        return "its HDUs fit no known product" if compared else "its name and keywords do not state one"
    if len(products) == 1:
        return f"its HDUs fit {products[0]}, but do not exclude others"
    return f"it may be {' or '.join(products)}"


@rule("PROD001", "unknown-product", fact=True, scope="walk")
def unknown(context: Context) -> Iterator[Outcome]:
    """The product of the file can be identified.

    The suffix of the name decides. Without one, a DATAMODL that belongs to one product does, or the HDUs where they fit
    one product's table and contradict all others; FILENAME decides between products that fit. A model that many products
    share identifies none. A file of unknown product is not checked against any table, so it is not conforming.

    How to fix: give the file the name of its product (`..._dark.fits`), or use `--product`.
    Source: jwst documentation, data_products/file_naming.rst and product_types.rst.
    """
    product = context.product
    if product.name is not None or product.not_jwst_reason:
        return
    fitting = _fitting(product.candidates, product.evidence_from("content") is not None)
    yield Problem(
        f"could not identify the product: {fitting} ({_evidence(context)})",
        expected="a name that ends in a product suffix, or a DATAMODL of one product",
        hint="use --product NAME if you know it; `jwstprod spec list` shows the names",
    )


@rule("PROD002", "contradictory-evidence", scope="walk")
def contradictory(context: Context) -> Iterator[Outcome]:
    """File name and DATAMODL are of the same product.

    Readers choose the data model by DATAMODL, archives and associations choose by the name; where the two
    disagree, some of them read the file as what it is not. The message lists all evidence. The file is checked as the
    product of its name, unless its HDUs fit another product of the model alone.

    How to fix: rename the file, or write the DATAMODL that its product has.
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
            f"DATAMODL {quoted(model.said)} is not a model of {chosen} ({_evidence(context)})",
            hdu=context.file.hdus[0],
            keyword="DATAMODL",
            expected=" or ".join(models),
            found=quoted(model.said),
        )
    elif name is not None and chosen not in name.products:
        yield Problem(
            f"the name ends in {quoted(name.said)}, but the file is checked as {chosen} ({_evidence(context)})",
            expected=expected_name(context.spec.spec.recognise).removesuffix(".fits"),
            found=quoted(name.said),
            severity=Severity.WARNING if product.forced else None,
        )


@rule("PROD003", "unusual-exposure-type", Severity.WARNING, scope="spec")
def exposure_type(context: Context) -> Iterator[Outcome]:
    """EXP_TYPE is one from which the product is made.

    A product that is only made from some types of exposure (a dark from dark exposures, a cube from exposures of an
    integral-field unit) is suspicious with another: the name may be wrong, or the pipeline was run by hand on the wrong
    input. `jwstprod spec show PRODUCT` lists the types. A type that no release knows is reported by KEY011.

    How to fix: correct the name or EXP_TYPE; nothing if it was intended.
    Source: jwst documentation, pipeline/main.rst (pipelines by exposure type) and data_products/product_types.rst.
    """
    stated = context.facts.keyword("EXP_TYPE")
    if not isinstance(stated, str) or not stated:
        return
    spec = context.spec.spec
    types = spec.recognise.exp_types
    if stated in types or (not types and not _is_excluded(stated, spec.exposures, context.catalogue.exposure_types)):
        return
    if types:
        expected = " or ".join(types)
    elif spec.exposures.barred:
        expected = f"no exposure of {' or '.join(g.replace('_', '-') for g in spec.exposures.groups)}"
    else:
        expected = " or ".join(spec.exposures.types)
    yield Problem(
        f"EXP_TYPE {quoted(stated)} is not one that {context.spec.product} files are made from ({_evidence(context)})",
        hdu=context.file.hdus[0],
        keyword="EXP_TYPE",
        expected=expected,
        found=quoted(stated),
    )


def _is_excluded(stated: str, exposures: Exposures, known: frozenset[str]) -> bool:
    """Whether a known type of exposure is one that a product is not made from."""
    return bool(exposures.types) and stated not in exposures.types and stated in known


@rule("PROD004", "missing-datamodl", scope="spec")
def no_model(context: Context) -> Iterator[Outcome]:
    """The primary header has DATAMODL.

    Without it the pipeline's reader guesses the data model from shapes, and has guessed wrong. The rest of the file is
    checked as the model of the product that fits the HDUs best: several HDUs of one name with EXTVER 1, 2, ... are those
    of a model of several slits.

    How to fix: write DATAMODL with the model that the message names.
    Source: jwst issues 2248 and 157; pull request 2401.
    """
    models = context.spec.spec.recognise.models
    if models and context.product.evidence_from("DATAMODL") is None:
        implied = context.product.model
        checked = f"; checked as {implied}" if implied is not None and len(models) > 1 else ""
        yield Problem(
            f"DATAMODL is missing; {context.spec.product} files have {' or '.join(models)}{checked}",
            hdu=context.file.hdus[0],
            keyword="DATAMODL",
            expected=" or ".join(models),
            found="missing",
        )


@rule("PROD005", "name-without-product", Severity.WARNING, scope="walk")
def nameless(context: Context) -> Iterator[Outcome]:
    """The file name ends in a product suffix.

    Archives, associations and viewers identify the product by the suffix of the name.

    How to fix: name the file by the naming rule, `..._dark.fits`.
    Source: jwst documentation, data_products/file_naming.rst.
    """
    product = context.product
    if (
        product.file_name is not None
        and product.name is not None
        and product.evidence_from("file name") is None
        and product.evidence_from(PATTERN) is None
        and not product.forced
    ):
        yield Problem(
            f"the name {quoted(product.file_name.base)} has no product suffix; checked as {product.name} "
            f"({_evidence(context)})",
            expected=expected_name(context.spec.spec.recognise),
            found=quoted(product.file_name.base),
        )


@rule("PROD006", "malformed-name", Severity.WARNING, scope="walk")
def malformed_name(context: Context) -> Iterator[Outcome]:
    """A name that begins like that of a product follows the naming rule.

    The archive's ingest splits names into fields; fields of the wrong length or with the wrong separator stop it. Names
    that do not begin with `jw` and a digit are not checked.

    How to fix: rename the file by the naming rule; `-seg001` and the like have fixed widths.
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
            f"the name {quoted(name.base)} does not follow the naming rule",
            expected="jw<program><observation><visit>_<activity>_<exposure>_<detector>_<type>.fits or the form of its stage",
            found=quoted(name.base),
        )


@rule("PROD007", "not-a-jwst-product", fact=True, scope="walk")
def not_jwst_reason(context: Context) -> Iterator[Outcome]:
    """The file is a JWST product.

    Calibration reference files and files of other observatories are FITS, but no product table describes them, whatever
    suffix their names end in. A file whose name follows the naming rule and whose DATAMODL is one of that product is
    checked as the product. A file in which no keyword, data model or name is one of JWST is not a product either.

    How to fix: leave the file out of the check; a JWST product needs TELESCOP = 'JWST' and its DATAMODL.
    Source: stdatamodels 6.0.0, core.schema.yaml and referencefile.schema.yaml (TELESCOP, INSTRUME, REFTYPE).
    """
    if context.product.not_jwst_reason:
        yield Problem(
            f"not a JWST product: {context.product.not_jwst_reason}",
            expected="a JWST product",
            found=context.product.not_jwst_reason,
        )


@rule("PROD008", "rests-on-amendment", Severity.INFO, scope="spec")
def amended(context: Context) -> Iterator[Outcome]:
    """The file conforms to the documented table without an amendment.

    Where real files are known to differ from the documented table, an amendment of the spec allows it. This line reports
    that the file is one of them; `--strict` checks it against the table as documented.

    How to fix: nothing to fix.
    Source: the `amendments` of specs/dark.yaml and the other specs, each with its source (`jwstprod spec show PRODUCT`).
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


@rule("PROD009", "not-covered", fact=True, scope="file")
def not_covered(context: Context) -> Iterator[Outcome]:
    """The product has a table to check the file against.

    Source catalogues, photometry and white-light curves are ECSV tables, and what the pipeline's steps write on the way
    has no documented table. Such files are identified by their names. The rules of FITS run on those that are FITS, and
    the verdict is `unverified`, since their layout is not checked.

    How to fix: leave the file out of the check, or write a spec of your own (`jwstprod spec draft`, `--specs`).
    Source: jwst documentation, data_products/science_products.rst and product_types.rst; jwst, lib/suffix.py.
    """
    spec = context.uncovered
    if spec is None:
        return
    title = f"{spec.title[0].lower()}{spec.title[1:]} ({spec.product})"
    if spec.format == "FITS":
        yield Problem(
            f"known product without a documented table: {title}; only the rules of FITS were applied",
            expected="a product that a spec covers",
            found=spec.product,
            hint="`jwstprod spec list` shows the products that are covered",
            severity=Severity.INFO,
        )
    elif context.file.hdus:
        yield Problem(
            f"the file is a {title} by its name, which is an {spec.format} table, but it is FITS ({_evidence(context)})",
            expected=f"an {spec.format} table",
            found="a FITS file",
            hint="correct the name of the file",
            severity=Severity.ERROR,
        )
    elif any(defect.text == ECSV for defect in context.file.defects):
        yield Problem(
            f"a {title}: {spec.format} tables are not FITS and are not covered",
            expected="a FITS file",
            found=ECSV,
            hint="leave it out of the check",
            severity=Severity.INFO,
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
