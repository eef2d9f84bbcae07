"""PROD, HDU, ARR and TAB: a file against the documented table of its product."""
