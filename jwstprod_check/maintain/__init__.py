"""Tools of those who keep the specs: against the documents, against the data models, and against themselves.

They read specs and never change one. docutils and stdatamodels are imported by the one function that needs them.
"""
