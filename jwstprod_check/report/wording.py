"""How a finding is worded: its place, and one sentence of what was found."""

from jwstprod_check.findings import Finding
from jwstprod_check.text import plural


def place(finding: Finding) -> str:
    """Return where a finding is: ``SCI:``, ``SCI,2:``, ``HDU 3:``, ``primary:``, or nothing for the whole file."""
    if finding.extname:
        several = finding.extver is not None and finding.extver != 1
        return f"{finding.extname},{finding.extver}:" if several else f"{finding.extname}:"
    if finding.hdu is None:
        return ""
    return "primary:" if finding.hdu == 0 else f"HDU {finding.hdu}:"


def sentence(finding: Finding) -> str:
    """Return the message with how often it holds and where, and the hint."""
    text = finding.message
    if finding.count > 1:
        more = ", ..." if finding.count > len(finding.places) else ""
        places = f": {', '.join(finding.places)}{more}" if finding.places else ""
        text += f" ({plural(finding.count, 'time')}{places})"
    return f"{text} [{finding.hint}]" if finding.hint else text
