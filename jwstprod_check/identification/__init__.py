"""Path and headers -> product, with the evidence."""

from jwstprod_check.identification.names import Name, parse_name
from jwstprod_check.identification.product import Product, Vote, identify

__all__ = ["Name", "Product", "Vote", "identify", "parse_name"]
