"""PROD, HDU, ARR and TAB: a file compared with the documented table of its product."""
