"""HLSP: what an archive requires of the products of other teams."""
