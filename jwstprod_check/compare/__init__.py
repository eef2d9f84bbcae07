"""Two files as products: what differs in their HDUs, arrays, columns, dimensions, keywords and findings."""

from jwstprod_check.compare.differences import Comparison, Difference, Side, compare

__all__ = ["Comparison", "Difference", "Side", "compare"]
