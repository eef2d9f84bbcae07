"""Tools for maintainers of the specs: comparison with the documentation and the data models, and self-consistency.

They read specs and never change one. docutils and stdatamodels are imported by the one function that needs them.
"""
