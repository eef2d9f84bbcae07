"""The single data pass: every byte of a file read once, in bounded memory, into facts that the rules compare.

``run`` has ``scan_data``, the pass itself; ``facts`` its results. It knows the meaning of the arrays of a JWST file
(SCI, ERR, DQ) and makes no verdict.
"""
