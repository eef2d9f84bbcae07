"""World coordinates of a resampled image: what a FITS header states by CRPIX, PC, CDELT and CRVAL, in the tree.

They are one transform `fitswcs_imaging` with four arrays, or a chain of shifts, a matrix, scales, a projection and a rotation to
the sky. Pixels count from 0 in the tree and from 1 in a header (FITS Standard 4.0, section 8.1).
"""

from typing import Final

import msgspec

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, Tree, split_tag

MAX_VISITS: Final = 100
"""Transforms that are looked at, those within others and each alias included; the chain of a resampled image has nine."""

_CRPIX: Final = ("CRPIX1", "CRPIX2")
_CRVAL: Final = ("CRVAL1", "CRVAL2")
_CDELT: Final = ("CDELT1", "CDELT2")
_PC: Final = ("PC1_1", "PC1_2", "PC2_1", "PC2_2")
_FITS: Final = "fitswcs_imaging"
_CHAIN: Final = ("concatenate", "affine", "concatenate", "rotate3d")
"""Kinds of the chain without the projection, which comes before the last."""


class Stated(msgspec.Struct, frozen=True):
    """Numbers of the tree and the keywords that state the same; a keyword is ``sign`` times the number, plus ``more``.

    ``node`` is a number or an array of as many values as there are keywords.
    """

    keywords: tuple[str, ...]
    path: Path
    node: Node | None
    sign: float = 1.0
    more: float = 0.0


class Linear(msgspec.Struct, frozen=True):
    """What keywords state too, and the directions of the projection and of the rotation: path, expected, found."""

    stated: tuple[Stated, ...]
    directions: tuple[tuple[Path, str, str], ...]


def linear_part(tree: Tree, path: Path, node: Mapping) -> Linear | None:
    """Take apart the first transform of world coordinates; None for one that is not of a resampled image."""
    steps = tree.node(node.items.get("steps"))
    first = tree.node(steps.items[0]) if isinstance(steps, Sequence) and steps.items else None
    if not isinstance(first, Mapping):
        return None
    links = _chain(tree, (*path, "steps", 0, "transform"), first.items.get("transform"))
    if [kind for _, _, kind in links] == [_FITS]:
        return _of_fits(tree, *links[0][:2])
    kinds = tuple(kind for _, _, kind in links)
    return _of_chain(tree, links) if (*kinds[:3], *kinds[4:]) == _CHAIN else None


def _chain(tree: Tree, path: Path, node: Node | None) -> list[tuple[Path, Mapping, str]]:
    """Transforms in the order in which they are applied, each with its path and the last word of its tag.

    Aliases can write out 2^n transforms with n parts of the tree: beyond ``MAX_VISITS`` it is none of a resampled image.
    """
    found: list[tuple[Path, Mapping, str]] = []
    waiting = [(path, node)]
    for _ in range(MAX_VISITS):
        if not waiting:
            return found
        place, part = waiting.pop()
        part = tree.node(part)
        if not isinstance(part, Mapping) or part.tag is None:
            continue
        kind = split_tag(part.tag)[0].rpartition("/")[2]
        if kind != "compose":
            found.append((place, part, kind))
            continue
        forward = tree.node(part.items.get("forward"))
        parts = forward.items if isinstance(forward, Sequence) else []
        waiting += [((*place, "forward", i), item) for i, item in reversed(list(enumerate(parts[:MAX_VISITS])))]
    return []


def _of_fits(tree: Tree, path: Path, node: Mapping) -> Linear:
    items = node.items
    arrays = (("crpix", _CRPIX, 1.0), ("crval", _CRVAL, 0.0), ("cdelt", _CDELT, 0.0), ("pc", _PC, 0.0))
    stated = tuple(Stated(words, (*path, key), items.get(key), more=more) for key, words, more in arrays)
    return Linear(stated, _directions(tree, ((*path, "projection"), items.get("projection"), "pix2sky")))


def _of_chain(tree: Tree, links: list[tuple[Path, Mapping, str]]) -> Linear:
    shifts, matrix, scales, projection, rotation = links
    stated = [
        *_pair(tree, shifts, "offset", _CRPIX, -1.0, 1.0),
        Stated(_PC, (*matrix[0], "matrix"), matrix[1].items.get("matrix")),
        *_pair(tree, scales, "factor", _CDELT, 1.0, 0.0),
        *(
            Stated((keyword,), (*rotation[0], key), rotation[1].items.get(key))
            for key, keyword in (("phi", "CRVAL1"), ("theta", "CRVAL2"), ("psi", "LONPOLE"))
        ),
    ]
    directions = _directions(tree, (*projection[:2], "pix2sky"), (*rotation[:2], "native2celestial"))
    return Linear(tuple(stated), directions)


def _pair(
    tree: Tree, link: tuple[Path, Mapping, str], key: str, keywords: tuple[str, ...], sign: float, more: float
) -> list[Stated]:
    """The parameter of each of two transforms side by side."""
    path, node, _ = link
    parts = tree.node(node.items.get("forward"))
    found = []
    for i, (item, keyword) in enumerate(
        zip(parts.items if isinstance(parts, Sequence) else (), keywords, strict=False)
    ):
        part = tree.node(item)
        if isinstance(part, Mapping):
            found.append(Stated((keyword,), (*path, "forward", i, key), part.items.get(key), sign, more))
    return found


def _directions(tree: Tree, *wanted: tuple[Path, Node | None, str]) -> tuple[tuple[Path, str, str], ...]:
    found = []
    for path, node, expected in wanted:
        part = tree.node(node)
        word = tree.node(part.items.get("direction")) if isinstance(part, Mapping) else None
        if isinstance(word, Text) and word.text != expected:
            found.append(((*path, "direction"), expected, word.text))
    return tuple(found)
