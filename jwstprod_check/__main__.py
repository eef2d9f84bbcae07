"""``python -m jwstprod_check`` is ``jwstprod``."""

from jwstprod_check.cli.main import main

main()
