"""World coordinates (gwcs) of a made image, and the keywords of SCI that say the same.

A camera goes from the detector to V2, V3 and to the sky; a resampled image to the sky at once.
"""

from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.tree import Raw

_V2, _V3, _ROLL, _RA, _DEC = 86.0, -493.0, 120.5, 259.28, 43.13
_SCALE: Final = 0.031
"""Seconds of arc in a pixel."""

_MATRIX: Final = "!core/ndarray-1.0.0 [[-1.0, 0.0], [0.0, 1.0]]"
"""East is left."""

_FRAME: Final = """!<tag:stsci.edu:gwcs/frame2d-1.0.0>
  axes_names: [{0}, {1}]
  axes_order: [0, 1]
  axis_physical_types: ['custom:{0}', 'custom:{1}']
  name: {2}
  unit: [!unit/unit-1.0.0 {3}, !unit/unit-1.0.0 {3}]"""

_SKY: Final = """!<tag:stsci.edu:gwcs/celestial_frame-1.0.0>
  axes_names: [lon, lat]
  axes_order: [0, 1]
  axis_physical_types: [pos.eq.ra, pos.eq.dec]
  name: world
  reference_frame: !<tag:astropy.org:astropy/coordinates/frames/icrs-1.1.0>
    frame_attributes: {}
  unit: [!unit/unit-1.0.0 deg, !unit/unit-1.0.0 deg]"""


def keywords(camera: bool, axes: tuple[int, ...]) -> dict[str, Scalar]:
    """Keywords of SCI: of a camera the pointing, of a resampled image the projection."""
    if camera:
        return {"V2_REF": _V2, "V3_REF": _V3, "ROLL_REF": _ROLL, "RA_REF": _RA, "DEC_REF": _DEC}
    half = [(n + 1) / 2 for n in axes[:2]]
    step = _SCALE / 3600
    return {
        "WCSAXES": 2,
        "CRPIX1": half[0],
        "CRPIX2": half[1],
        "CRVAL1": _RA,
        "CRVAL2": _DEC,
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CUNIT1": "deg",
        "CUNIT2": "deg",
        "CDELT1": step,
        "CDELT2": step,
        "PC1_1": -1.0,
        "PC1_2": 0.0,
        "PC2_1": 0.0,
        "PC2_2": 1.0,
        "RADESYS": "ICRS",
    }


def world(camera: bool, axes: tuple[int, ...]) -> Raw:
    """Return the node of the world coordinates of an image."""
    offsets = [-(n - 1) / 2 for n in axes[:2]]
    box = _box(axes)
    if camera:
        first = _compose(
            _compose(_each("shift", "offset", offsets), _each("scale", "factor", [-_SCALE, _SCALE])),
            _each("shift", "offset", [_V2, _V3]),
            box,
        )
        steps = [
            (_FRAME.format("x", "y", "detector", "pixel"), first),
            (_FRAME.format("v2", "v3", "v2v3", "arcsec"), _node("transform/identity-1.2.0", "n_dims: 2")),
            (_FRAME.format("v2", "v3", "v2v3vacorr", "arcsec"), _to_sky()),
        ]
    else:
        step = _SCALE / 3600
        turn = _node("transform/affine-1.3.0", f"matrix: {_MATRIX}", "translation: !core/ndarray-1.0.0 [0.0, 0.0]")
        plane = _compose(_compose(_each("shift", "offset", offsets), turn), _each("scale", "factor", [step, step]))
        sphere = _compose(
            _node("transform/gnomonic-1.2.0", "direction: pix2sky"),
            _node(
                "transform/rotate3d-1.3.0", "direction: native2celestial", f"phi: {_RA}", "psi: 180.0", f"theta: {_DEC}"
            ),
        )
        steps = [(_FRAME.format("x", "y", "detector", "pixel"), _compose(plane, sphere, box))]
    lines = ["!<tag:stsci.edu:gwcs/wcs-1.0.0>", "  name: ''", "  steps:"]
    for frame, transform in [*steps, (_SKY, "null")]:
        lines.append("  - !<tag:stsci.edu:gwcs/step-1.0.0>")
        lines += _indented(f"frame: {frame}", 4)
        lines += _indented(f"transform: {transform}", 4)
    return Raw("\n".join(lines))


def _to_sky() -> str:
    angles = [_V2 / 3600, -_V3 / 3600, _ROLL, _DEC, -_RA]
    degrees = _each("scale", "factor", [1 / 3600, 1 / 3600])
    to_sphere = _sphere("spherical_to_cartesian", 180)
    turned = _node(
        "transform/rotate_sequence_3d-1.0.0",
        f"angles: [{', '.join(map(repr, angles))}]",
        "axes_order: zyxyz",
        "rotation_type: cartesian",
    )
    inner = _compose(_compose(degrees, to_sphere), turned)
    return _compose(inner, _sphere("cartesian_to_spherical", 360), "name: v23tosky")


def _sphere(kind: str, wrap: int) -> str:
    return _node("<tag:stsci.edu:gwcs/spherical_cartesian-1.0.0>", f"transform_type: {kind}", f"wrap_lon_at: {wrap}")


def _each(kind: str, key: str, values: list[float]) -> str:
    """Return one transform for each of two axes."""
    parts = [_node(f"transform/{kind}-1.2.0", f"{key}: {value!r}") for value in values]
    return _joined("concatenate", parts)


def _compose(first: str, second: str, *more: str) -> str:
    return _joined("compose", [first, second], *more)


def _joined(kind: str, parts: list[str], *more: str) -> str:
    lines = [line for part in parts for line in _item(part)]
    return _node(f"transform/{kind}-1.2.0", *more, "forward:\n" + "\n".join(lines))


def _item(part: str) -> list[str]:
    """Lines of an item of a list; those of a node are indented already."""
    first, *rest = part.split("\n")
    return [f"- {first}", *rest]


def _node(tag: str, *members: str) -> str:
    """Return a node with its members, each with more lines where it has any."""
    return f"!{tag}\n" + "\n".join(line for member in members for line in _indented(member, 2))


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in text.split("\n")]


def _box(axes: tuple[int, ...]) -> str:
    intervals = [f"x{i}: [-0.5, {n - 0.5!r}]" for i, n in enumerate(axes[:2])]
    inner = "intervals:\n" + "\n".join("  " + line for line in intervals)
    return "inputs: [x0, x1]\nbounding_box: " + _node("transform/property/bounding_box-1.0.0", inner, "order: F")
