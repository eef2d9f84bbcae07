"""ASDF: the embedded tree."""
