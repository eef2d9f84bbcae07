"""HLSP: what an archive asks of the products of other teams."""
