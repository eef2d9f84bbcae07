"""WCS: world coordinates and footprints."""
