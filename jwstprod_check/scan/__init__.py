"""The single data pass: every byte of a file read once, in bounded memory, into facts that the rules compare.

``run`` holds ``scan_data``, the pass itself; ``facts`` what it gives. It knows which arrays of a JWST file say what
(SCI, ERR, DQ) and judges nothing.
"""
