"""FITS: the standard on raw cards."""
