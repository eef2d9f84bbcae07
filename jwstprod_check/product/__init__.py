"""Path and headers -> product, with the evidence."""

from jwstprod_check.product.file_name import Name, parse_name
from jwstprod_check.product.identify import Evidence, Product, identify

__all__ = ["Evidence", "Name", "Product", "identify", "parse_name"]
