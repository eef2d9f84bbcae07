"""ASDF as it is embedded in a FITS file: its frame of bytes, and the tree read as a stream. Knows neither FITS nor JWST."""
