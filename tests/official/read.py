"""What the official packages make of files: one JSON object a line for each path on standard input.

Runs where stdatamodels, gwcs and asdf are installed; knows nothing of jwstprod.
"""

import hashlib
import json
import logging
import sys
import warnings

import numpy as np
from asdf.tags.core import NDArrayType
from gwcs.wcs import WCS
from stdatamodels.jwst import datamodels

logging.disable(logging.CRITICAL)
POINTS = (1.0, 5.0, 20.5)


def look(path):
    """What is read from a file: what was raised, by default and in strict mode, warnings, and digests of everything."""
    found = {"path": path, "raises": None, "strict": None, "warnings": [], "arrays": {}, "values": {}, "worlds": {}}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with datamodels.open(path) as model:
                read(model._instance, (), found, set())
                found["values"] |= {k: repr(v) for k, v in model.to_flat_dict(include_arrays=False).items()}
                found["class"] = type(model).__name__
        except Exception as error:
            found["raises"] = said(error)
    found["warnings"] = sorted({said(w.message) for w in caught if "Deprecat" not in type(w.message).__name__})
    if found["raises"] is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with datamodels.open(path, strict_validation=True) as model:
                    model.validate()
            except Exception as error:
                found["strict"] = said(error)
    return found


def said(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def read(node, path, found, seen):
    """Digest every array and evaluate all world coordinates."""
    if id(node) in seen:
        return
    key = ".".join(map(str, path))
    if isinstance(node, dict):
        seen.add(id(node))
        for name, value in node.items():
            read(value, (*path, name), found, seen)
    elif isinstance(node, list):
        seen.add(id(node))
        for index, value in enumerate(node):
            read(value, (*path, index), found, seen)
    elif isinstance(node, np.ndarray | NDArrayType):
        array = np.asarray(node)
        found["arrays"][key] = hashlib.sha256(repr(array.dtype).encode() + array.tobytes()).hexdigest()[:16]
    elif isinstance(node, WCS):
        found["worlds"][key] = world(node)


def world(wcs):
    with np.errstate(all="ignore"):
        count = wcs.forward_transform.n_inputs
        at = [np.array([wcs(*[p + 3 * i for i in range(count)])]).ravel() for p in POINTS]
        found = [[None if not np.isfinite(v) else round(float(v), 9) for v in row] for row in at]
        try:
            sky = wcs(*[5.0 + i for i in range(count)], with_bounding_box=False)
            back = np.array([wcs.invert(*np.atleast_1d(sky), with_bounding_box=False)]).ravel()
            found.append([None if not np.isfinite(v) else round(float(v), 4) for v in back])
        except NotImplementedError:
            found.append("no inverse")
    return [found, repr(wcs.bounding_box), list(wcs.available_frames)]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(look(line.rstrip("\n"))), flush=True)
