"""What holds of every file, whatever it is: its report is safe to print, never says more than was checked, and agrees with others.

``wrong_text``, ``wrong_selection`` and ``wrong_verdict`` say what is wrong with a report, '' if nothing is.
"""

import gzip
import io
import random
import subprocess
import warnings
from shutil import which

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.report.reporter import REPORTERS
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary

FITSVERIFY = which("fitsverify")

KNOWN: dict[str, str] = {}
"""What fitsverify calls an error and a conforming file may have, with the reason."""


def strings(value):
    """Every string of a report, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from strings(key)
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def is_harmless(text):
    return text.isprintable() and "::" not in text and "##[" not in text


def wrong_text(report):
    """What a report has that a terminal or the runner of a continuous integration acts on."""
    for text in strings(report.to_dict()):
        if not is_harmless(text):
            return f"unsafe in the report: {text!r}"
    for form in ("concise", "ndjson"):
        out = io.StringIO()
        reporter, summary = REPORTERS[form](out, Style(1)), Summary()
        summary.add(report)
        reporter.start(RunInfo("now", Options()))
        reporter.add(report)
        reporter.finish(summary)
        for line in out.getvalue().split("\n"):
            if not is_harmless(line):
                return f"unsafe in {form}: {line!r}"
    return ""


def wrong_selection(raw, report, draw: random.Random, **options):
    """Where a selection calls a file conforming although a rule that is asked for found an error in it.

    Whatever else is switched off, what was found is found again, or the file is unverified.
    """
    errors = sorted({f.code for f in report.findings if f.severity == "error" and not f.code.startswith("TOOL")})
    if not errors:
        return ""
    code = draw.choice(errors)
    ignored = tuple(draw.sample(errors, draw.randrange(len(errors) + 1)))
    others = [c for c in errors if c not in ignored]
    family = code.rstrip("0123456789")
    tried = [{"select": (code,)}, {"select": (family,)}]
    if others:
        tried += [{"ignore": ignored}, {"select": (others[0],), "ignore": ignored}]
    # What follows the last HDU may be ignored; a file that cannot be followed to its end may not.
    if any(c.startswith("FILE") and c not in {"FILE007", "FILE009"} for c in errors):
        tried.append({"ignore": ("FILE",)})
    for chosen in tried:
        again = check(raw, **options, **chosen)
        if again.verdict == "conforming":
            return f"{errors} found, but {chosen} conforms"
        if not again.not_checked and not any(f.severity == "error" for f in again.findings):
            return f"{errors} found, but {chosen} is {again.verdict} without a reason"
    return ""


def wrong_verdict(raw, report):
    """Where astropy or fitsverify find an error in a file that conforms with all its data, or see other HDUs in it."""
    if not report.conforming or report.level != "data":
        return ""
    plain = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
    return astropy_says(plain, report) or fitsverify_says(plain)


def astropy_says(raw, report):
    from astropy.io import fits

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", ".*(truncated|Error validating|non-ASCII|not FITS).*")
        try:
            with fits.open(
                io.BytesIO(raw), memmap=False, disable_image_compression=True, ignore_missing_simple=False
            ) as hdus:
                hdus.verify("exception")
                for hdu in hdus:
                    if hdu.data is not None and hdu.is_image:
                        hdu.data.sum()
                seen = [(h.header.get("EXTNAME", "").strip().upper(), h.header["NAXIS"]) for h in hdus]
        except Exception as error:
            return f"conforming, but astropy: {type(error).__name__}: {error}"
    said = [((h.extname or "").strip().upper(), len(h.axes)) for h in report.hdus]
    return "" if [n for n, _ in seen] == [n for n, _ in said] else f"conforming with {said}, but astropy sees {seen}"


def fitsverify_says(raw):
    if FITSVERIFY is None:
        return ""
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".fits") as file:
        file.write(raw)
        file.flush()
        done = subprocess.run(
            [FITSVERIFY, "-e", file.name], capture_output=True, text=True, errors="replace", check=False
        )
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("*** Error")]
    left = [line for line in lines if not any(known in line for known in KNOWN)]
    return f"conforming, but fitsverify: {'; '.join(left)[:400]}" if left else ""
