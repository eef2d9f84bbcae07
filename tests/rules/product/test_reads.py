"""What the manual of a rule says that it reads is what it reads."""

from judging import CATALOGUE, DATA, raw_of

from jwstprod_check.engine.check import tables_of
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import read_source
from jwstprod_check.product import identify
from jwstprod_check.rules import all_rules
from jwstprod_check.rules.context import Context
from jwstprod_check.storage.backends import open_source

FILE = DATA / "guidestar_ami/jwst-3.0.0/jw01234001001_09301_00001_nis_o013_ami-oi.fits.gz"


class Watched(Context):
    """A context that notes whether the rows of tables are asked for."""

    asked = False

    @property
    def small_tables(self):
        self.asked = True
        return self._watched

    @small_tables.setter
    def small_tables(self, value):
        self._watched = value


def test_rules_that_read_the_rows_of_tables_say_so():
    with open_source(raw_of(FILE), FILE.name) as source:
        file = read_source(source, FILE.name)
        product = identify(file, CATALOGUE, None, FILE.name)
        tables = tables_of(file, product, CATALOGUE, source)
    spec = CATALOGUE.amended("ami-oi", FileFacts(file))
    reading = set()
    for rule in (rule for rule in all_rules() if rule.level != "data" and rule.scope != "profile"):
        context = Watched(file, product, spec, CATALOGUE, tables=tables)
        list(rule.check(context))
        if context.asked:
            reading.add(rule.code)
    assert len(reading) > 20
    assert reading == {rule.code for rule in all_rules() if rule.level == "tables"}
