"""Unit strings: the grammar and the names of the FITS standard, and the few others that real files use.

FITS Standard 4.0, section 4.3 (tables 3 to 7). The grammar is small, so it is read here in linear time and without
a units library.
"""

import re
from typing import Final

from jwstprod_check.memo import by_value
from jwstprod_check.text import quoted

_PREFIXES: Final = ("da", *"dcmunpfazyhkMGTPEZY")
_WITH_PREFIX: Final = "m g s rad sr K A mol cd Hz J W V N Pa C Ohm S F Wb T H lm lx a yr pc eV Jy R G barn Ry mag adu D bit byte photon ph"
_AS_IT_STANDS: Final = (
    "deg arcmin arcsec mas min h d erg solMass u solLum Angstrom angstrom solRad AU lyr count ct pixel pix Sun chan bin "
    "voxel beam unit bar uas cy"
)
# Not in the standard, but what JWST and other observatories write, and what readers take.
_IN_USE: Final = "DN ADU electron electrons e- micron milliarcsec Celsius pix2 pix3"
_SCALABLE: Final = frozenset(_WITH_PREFIX.split())
_WHOLE: Final = frozenset((*_AS_IT_STANDS.split(), *_IN_USE.split()))
_FUNCTIONS: Final = frozenset({"log", "ln", "exp", "sqrt"})
_LEXEME = (
    r" *+(?:(?P<power>(?:\*\*|\^) *+(?:[+-]?[0-9]++(?:\.[0-9]++)?|\( *+[+-]?[0-9]++(?:[./][0-9]++)? *+\)))"
    r"|(?P<name>e-(?![0-9])|[A-Za-z]++(?P<digits>[+-]?[0-9]++)?)|(?P<number>[0-9]++(?:\.[0-9]++)?)|(?P<sign>[*./()]))"
)
_LONGEST = 200

_START, _UNIT, _NUMBER, _OPEN, _CLOSE, _OPERATOR = range(6)
_OPERAND_BEFORE: Final = frozenset({_UNIT, _NUMBER, _CLOSE})


@by_value(1024)
def unit_fault(text: str) -> str | None:
    """Return why a unit string cannot be read, None for a good one; a blank one is dimensionless.

    A factor such as ``10**-7`` may precede the unit, names are multiplied by a blank, ``*`` or ``.`` and divided
    by ``/``, and powers are ``m2``, ``m^2``, ``m**2`` or ``m**(1/2)``.
    """
    if text in _WHOLE:
        return None
    if len(text) > _LONGEST:
        return "is too long"
    read_token = re.compile(_LEXEME).match
    end = len(text.rstrip(" "))
    position, depth, previous = 0, 0, _START
    while position < end:
        token = read_token(text, position, end)
        if token is None:
            return f"has {quoted(text[position:end].lstrip(' ')[:1])} at a wrong place"
        position = token.end()
        after = previous in _OPERAND_BEFORE
        sign = token["sign"]
        if token["name"]:
            fault = _name_fault(token["name"], token["digits"] or "", text[position : position + 1])
            if fault:
                return fault
            previous = _UNIT
        elif token["number"]:
            if after:
                return f"has the number {token['number']} at a wrong place"
            previous = _NUMBER
        elif sign == "(":
            depth, previous = depth + 1, _OPEN
        elif not after and not (sign == "/" and previous == _START):
            return f"has {quoted(sign or 'a power')} at a wrong place"
        elif sign == ")":
            if not depth:
                return "has a parenthesis that was not opened"
            depth, previous = depth - 1, _CLOSE
        else:
            previous = _OPERATOR if sign else _UNIT
    if depth:
        return "has an open parenthesis"
    return "ends with an operator" if previous == _OPERATOR else None


Factors = tuple[tuple[str, float], ...]
"""Names of a unit and their powers, sorted by name."""


@by_value(256)
def unit_factors(text: str) -> Factors | None:
    """Names of a valid unit string and their powers: ``(DN/s)^2`` and ``DN^2 / s^2`` have the same.

    None for one that cannot be read, or that has a factor or a function, whose equality is not that of its names.
    """
    if unit_fault(text) is not None:
        return None
    found: dict[str, float] = {}
    groups: list[tuple[dict[str, float], int]] = []
    last: dict[str, float] = {}
    sign = 1
    read_token = re.compile(_LEXEME).match
    position, end = 0, len(text.rstrip(" "))
    while position < end:
        token = read_token(text, position, end)
        if token is None or token["number"]:
            return None
        position = token.end()
        if token["power"]:
            power = _power(token["power"].lstrip("*^ "))
            _multiply(found, last, power - 1)
            last = {name: p * power for name, p in last.items()}
        elif token["name"]:
            digits = token["digits"] or ""
            whole = token["name"] in _WHOLE or not digits
            name = token["name"] if whole else token["name"].removesuffix(digits)
            if name in _FUNCTIONS:
                return None
            last = {name: sign * (1.0 if whole else float(digits))}
            _multiply(found, last, 1)
            sign = 1
        elif token["sign"] == "(":
            groups.append((found, sign))
            found, sign = {}, 1
        elif token["sign"] == ")":
            inner, (found, outer) = found, groups.pop()
            last = {name: p * outer for name, p in inner.items()}
            _multiply(found, last, 1)
        else:
            sign = -1 if token["sign"] == "/" else 1
    return tuple(sorted((name, power) for name, power in found.items() if power))


def _power(text: str) -> float:
    """Value of a power: ``2``, ``+2``, ``(1/2)``."""
    above, _, below = text.strip("( )").partition("/")
    return float(above) / float(below or 1)


def _multiply(found: dict[str, float], factors: dict[str, float], power: float) -> None:
    for name, own in factors.items():
        found[name] = found.get(name, 0.0) + own * power


def same_unit(one: str, other: str, power: int = 1) -> bool:
    """Whether a unit is another one to some power, as far as their names show; by its text where it cannot be read."""
    first, second = unit_factors(one), unit_factors(other)
    if first is None or second is None:
        return power == 1 and one.strip(" ") == other.strip(" ")
    return first == tuple((name, own * power) for name, own in second)


def _name_fault(name: str, digits: str, after: str) -> str | None:
    if name in _WHOLE:
        return None
    bare = name.removesuffix(digits) if digits else name
    if after == "(" and not digits and bare in _FUNCTIONS:
        return None
    return None if _known(bare) else f"has the unknown unit {quoted(bare)}"


def _known(name: str) -> bool:
    """Whether a name is a unit of the standard, with or without a prefix, or one that real files use."""
    if name in _SCALABLE or name in _WHOLE:
        return True
    return any(name.startswith(p) and name[len(p) :] in _SCALABLE for p in _PREFIXES)
