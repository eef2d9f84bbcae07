"""What is in the file: bytes, blocks, cards, HDUs. Knows FITS, knows nothing of JWST."""
