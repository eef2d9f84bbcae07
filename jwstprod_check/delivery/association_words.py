"""Words of association files: their types, the parts that members play, and which products play them.

Source: jwst 3.0.0, associations (rules_level2_base, rules_level3_base), pipeline/calwebb_*.py and the documentation of the pipelines.
"""

from collections.abc import Mapping
from typing import Final

_RATE: Final = frozenset({"rate", "rateints"})
_IMAGE2: Final = {"science": _RATE, "background": _RATE}
_SPEC2: Final = {
    **_IMAGE2,
    "imprint": _RATE,
    "selfcal": _RATE,
    "sourcecat": frozenset({"cat"}),
    "segmap": frozenset({"segm"}),
    "direct_image": frozenset({"i2d"}),
}
_INTS: Final = frozenset({"calints"})
_CAL: Final = frozenset({"cal"})

SUFFIXES: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "image2": _IMAGE2,
    "tso-image2": _IMAGE2,
    "wfs-image2": _IMAGE2,
    "spec2": _SPEC2,
    "tso-spec2": _SPEC2,
    "nrslamp-spec2": _SPEC2,
    "image3": {"science": _CAL},
    # Which of them is decided by the exposure type and the release.
    "spec3": {"science": frozenset({"cal", "x1d"}), "background": frozenset({"x1d", "x1dints"})},
    "coron3": {"science": _INTS, "psf": _INTS},
    "ami3": {"science": _INTS | _CAL, "psf": _INTS | _CAL},
    "tso3": {"science": _INTS},
    "wfs-image3": {"science": _CAL},
}
"""Type of an association -> part of a member -> suffixes of the files that play it; a part that is not listed may be any file."""

PARTS: Final = frozenset(
    {
        "science", "background", "imprint", "sourcecat", "segmap", "direct_image", "selfcal", "target_acquisition", "psf",
        "autoflat", "autowave", "dark", "flat", "engineering",
    }
)  # fmt: skip
"""Parts that a member may play."""

GRISM: Final = frozenset({"NRC_WFSS", "NIS_WFSS", "MIR_WFSS"})
"""Exposure types of grism spectra of a whole field, which stage 3 combines from extracted spectra since a release."""

GRISM_RELEASES: Final = (3, 0, 0), (3, 1)
"""Last release whose stage 3 reads `_cal` of them, first that reads `_x1d` (jwst pull request 10600); between are test versions."""

USER_BUILT: Final = "user_built"
KINDS: Final = frozenset({*SUFFIXES, USER_BUILT})
"""Types of associations."""

SEVERAL: Final = "c"
"""First letter of the candidates that a proposer groups: their members are of several observations."""

CATALOGUES: Final = frozenset({"sourcecat", "segmap", "direct_image"})
"""Parts that come from stage 3 and are not in a delivery of stage 2."""

DEGRADED: Final = "No known degraded exposures"
"""How the field degraded_status begins where no exposure has an error."""
