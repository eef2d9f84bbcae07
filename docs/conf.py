"""Sphinx: ``python -m sphinx -W -b html docs docs/_build``; the pages under ``reference/`` are made from code and specs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from jwstprod_check import __version__

project = "jwstprod"
author = "the jwstprod developers"
copyright = "the jwstprod developers"  # noqa: A001 - Sphinx's name
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "reference"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"jwstprod {__version__}"
html_show_sphinx = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
nitpicky = False
