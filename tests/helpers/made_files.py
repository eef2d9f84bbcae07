"""Made files, each made once in a process: writing one through astropy takes longer than checking it."""

from functools import cache

from judging import CATALOGUE

from jwstprod_check.engine.check import check_target
from jwstprod_check.make import file_name
from jwstprod_check.make.defects.catalogue import BREAKS
from jwstprod_check.make.defects.catalogue import broken as make_broken
from jwstprod_check.make.write import make as write


def make(product, catalogue=CATALOGUE, *, symbols=None, keywords=None, optional=(), **how):
    """The bytes that ``jwstprod_check.make.make`` returns for the same arguments."""
    if catalogue is not CATALOGUE or not isinstance(product, str):
        return write(product, catalogue, symbols=symbols, keywords=keywords, optional=optional, **how)
    named = (*(tuple(d.items()) for d in (symbols or {}, keywords or {})), tuple(optional), tuple(how.items()))
    # 1 and True are one key of a dict and two values of a card.
    return _made(product, *named, tuple(map(type, (keywords or {}).values())))


@cache
def _made(product, symbols, keywords, optional, how, _):
    return write(product, CATALOGUE, symbols=dict(symbols), keywords=dict(keywords), optional=optional, **dict(how))


def sound(code):
    """The file that ``make --break`` changes to break a rule."""
    how = BREAKS[code]
    return make(
        how.product,
        symbols=how.symbols,
        keywords=how.keywords,
        optional=how.optional,
        checksums=how.checksums,
    )


@cache
def broken(code):
    """The file with the defect that a rule finds, as ``make --break`` writes it."""
    return make_broken(code, BREAKS[code].product, CATALOGUE)


@cache
def name_of(code):
    """The name of the file that ``make --break`` writes for a rule."""
    how = BREAKS[code]
    return (how.name or "{}").format(file_name(CATALOGUE.spec(how.product), how.keywords, how.optional))


def checked(code, raw, options):
    """The report of a file under the name of the one that breaks a rule."""
    return check_target(raw, CATALOGUE, options, name_of(code))
