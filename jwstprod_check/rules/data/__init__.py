"""SUM and DATA: checksums and pixels, from the facts of the data pass."""
