"""Spec -> a small FITS file that conforms to it, for demonstrations and tests.

>>> from jwstprod_check.make import file_name, make
>>> raw = make("dark", symbols={"nints": 2}, keywords={"INSTRUME": "MIRI"}, optional=("REFOUT",))  # doctest: +SKIP
"""

from jwstprod_check.make.plan import Plan, file_name, make_plan
from jwstprod_check.make.write import make

__all__ = ["Plan", "file_name", "make", "make_plan"]
