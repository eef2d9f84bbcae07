"""What should be in the file: typed YAML, dimension expressions, conditions. Opens no FITS file."""
