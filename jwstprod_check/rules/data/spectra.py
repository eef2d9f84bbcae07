"""DATA: spectra. Wavelengths in order, spectra without a value or an error, negative errors."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.facts import Count, SpectrumFacts
from jwstprod_check.text import plural


def _spectra(context: Context) -> Iterator[tuple[Hdu, SpectrumFacts]]:
    """Tables of spectra that were read to their end."""
    for hdu, facts in looked_at(context):
        found = facts.table.spectrum if facts.table is not None and not facts.not_read else None
        if found is not None and found.spectra:
            yield hdu, found


def _unread(context: Context) -> Iterator[Skip]:
    for hdu, facts in looked_at(context):
        table = facts.table
        if hdu.name in _TABLES and table is not None and (facts.not_read or table.not_read):
            yield Skip(f"{hdu.label}: {facts.not_read or table.not_read}")


_TABLES = frozenset({"EXTRACT1D", "COMBINE1D", "WCS-TABLE"})


def _column(hdu: Hdu, name: str) -> str:
    return next((c.name for c in hdu.columns if c.name and c.name.strip(" ").upper() == name), name)


@rule("DATA010", "wavelength-order", Severity.WARNING, scope="walk", level="data")
def wavelength_order(context: Context) -> Iterator[Outcome]:
    """The wavelengths of a spectrum, and of the planes of a cube, are positive and strictly rise or fall.

    Programs that resample or plot a spectrum look wavelengths up by bisection, which finds anything in a list that is not
    in order. NaN, and the elements of a row beyond N_ALONGDISP, do not count.

    How to fix: write the wavelengths again, in the order of the dispersion.
    Source: jwst documentation, data_products/science_products.rst (WAVELENGTH of x1d, x1dints and c1d, WCS-TABLE of s3d);
    FITS Standard 4.0, section 8.4.1 (a table of coordinates must be monotonic); spectra with a filled wavelength column in
    public reports.
    """
    yield from _unread(context)
    for hdu, found in _spectra(context):
        column = _column(hdu, "WAVELENGTH")
        value, step = found.not_positive_value, found.unordered_step
        if value is not None:
            yield Problem(
                f"{hdu.label}: {column} is {value.value:.10g} in row {value.row + 1}"
                f"{_more(found.not_positive.count, 'more value')}; a wavelength is positive",
                hdu=hdu,
                column=column,
                expected="more than 0",
                found=f"{value.value:.10g}",
                group_key="not positive",
            )
        elif step is not None:
            yield Problem(
                f"{hdu.label}: {column} goes from {step.before:.10g} to {step.after:.10g} at row {step.row + 1}"
                f"{_more(found.unordered.count, 'more row')}; the values do not all rise or all fall",
                hdu=hdu,
                column=column,
                expected="values that all rise or all fall",
                found=f"{step.before:.10g}, {step.after:.10g}",
                group_key="order",
            )


def _more(count: int, noun: str) -> str:
    return f", as in {plural(count - 1, noun)}" if count > 1 else ""


def _which(hdu: Hdu, found: SpectrumFacts, count: Count) -> str:
    """Name the spectra that are counted: the only one of a table, or those of some rows."""
    if not found.each_row:
        return hdu.label
    if count.count == found.spectra:
        return f"{hdu.label}, in every row"
    more = f" and {plural(count.count - 1, 'more row')}" if count.count > 1 else ""
    return f"{hdu.label}, in row {count.first + 1}{more}"


@rule("DATA011", "spectrum-without-flux", Severity.WARNING, scope="walk", level="data")
def without_flux(context: Context) -> Iterator[Outcome]:
    """A spectrum has a flux that is a number.

    A spectrum whose FLUX is NaN throughout contains no measurement: its extraction failed, or the region lies where the
    detector sees nothing. Programs plot an empty spectrum, and the mean of several becomes NaN.

    How to fix: find the step that made the values NaN; leave the spectrum out if there is none.
    Source: jwst documentation, data_products/science_products.rst (FLUX); NIRSpec spectra of NaN in public reports.
    """
    yield from _unread(context)
    for hdu, found in _spectra(context):
        if found.without_flux:
            yield Problem(
                f"{_which(hdu, found, found.without_flux)}: FLUX is NaN throughout",
                hdu=hdu,
                column=_column(hdu, "FLUX"),
                expected="at least one number",
                found="NaN",
                group_key="no flux",
            )


@rule("DATA012", "flux-without-error", Severity.WARNING, scope="walk", level="data")
def without_error(context: Context) -> Iterator[Outcome]:
    """A spectrum with a flux has an error that is not zero throughout.

    Errors of zero make every weight infinite. They mean that the variances were lost on the way.

    How to fix: extract the spectrum from data with variances, or write NaN where the error is not known.
    Source: jwst documentation, data_products/science_products.rst (FLUX_ERROR) and error_propagation/main.rst.
    """
    yield from _unread(context)
    for hdu, found in _spectra(context):
        if found.without_error:
            error = "ERROR" if hdu.name == "COMBINE1D" else "FLUX_ERROR"
            yield Problem(
                f"{_which(hdu, found, found.without_error)}: {error} is 0 throughout, but FLUX is not",
                hdu=hdu,
                column=_column(hdu, error),
                expected="errors of the values",
                found="0",
                group_key="no error",
            )


@rule("DATA014", "negative-spectrum-error", Severity.WARNING, scope="walk", level="data")
def negative_error(context: Context) -> Iterator[Outcome]:
    """No error, variance or number of pixels of a spectrum is negative.

    An error is the square root of a variance, and a variance is a square; NPIXELS counts the pixels that a value was made
    from.

    How to fix: find the step that wrote the value; write NaN where the error is not known.
    Source: jwst documentation, data_products/science_products.rst (columns of x1d) and error_propagation/main.rst.
    """
    yield from _unread(context)
    for hdu, found in _spectra(context):
        for number, count, value in found.negative:
            name = hdu.columns[number - 1].name or ""
            yield Problem(
                f"{hdu.label}: {name} is {value.value:.10g} in row {value.row + 1}{_more(count.count, 'more value')}",
                hdu=hdu,
                column=name,
                expected="0 or more",
                found=f"{value.value:.10g}",
                group_key=name,
            )


RULES = (wavelength_order, without_flux, without_error, negative_error)
