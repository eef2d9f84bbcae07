"""Files that ``jwstprod make`` writes, opened by the official packages: without a warning, in strict mode.

``python tests/official/made.py PYTHON`` where PYTHON is the interpreter of an environment with stdatamodels, gwcs and asdf.
Exit status 1 where a product does not open, or opens with a warning.
"""

import sys
import tempfile
from pathlib import Path

from compare import read_all

from jwstprod_check.make import file_name, make
from jwstprod_check.spec.catalogue import catalogue

EXEMPT = {"msa": "a configuration file, which no data model writes and which the pipeline does not open as one"}
"""Products that the official packages do not open as a data model, and why."""


def main(python):
    specs = catalogue(None)
    products = [n for n in specs.names() if specs.spec(n).format == "FITS"]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for product in products:
            paths.append(Path(folder, product, file_name(specs.spec(product))))
            paths[-1].parent.mkdir()
            paths[-1].write_bytes(make(product))
        found = read_all(python, [str(p) for p in paths])
    bad = 0
    for product, one in zip(products, found, strict=True):
        said = [one["raises"], one["strict"], *one["warnings"]]
        said += [f"extra_fits: {value}" for key, value in one["values"].items() if key.startswith("extra_fits")]
        said = [text for text in said if text]
        bad += bool(said) and product not in EXEMPT
        worlds = f", world coordinates at {', '.join(one['worlds'])}" if one["worlds"] else ""
        print(f"{product:22} {one.get('class', '')}{worlds}" + "".join(f"\n    {text}" for text in said))
    print(f"{len(products)} products, {bad} do not open without a warning")
    for name, why in EXEMPT.items():
        print(f"  {name}: {why}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
