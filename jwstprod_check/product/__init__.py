"""Path and headers -> product, with the evidence."""

from jwstprod_check.product.file_name import Name, parse_name
from jwstprod_check.product.identify import Product, Vote, identify

__all__ = ["Name", "Product", "Vote", "identify", "parse_name"]
