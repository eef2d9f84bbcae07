"""Python's own parser for the expressions of specs."""

import ast
from typing import Final

_TRIES: Final = 20


def parse_expression(text: str) -> ast.Expression:
    """Parse an expression. Raises ``SyntaxError``, ``ValueError`` and ``RecursionError``.

    Python 3.11 raises ``SystemError`` where garbage is collected in the middle and a finalizer of it, of whatever library,
    parses as well: its count of the depth of a tree is one for both. The garbage is gone when it is tried again.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(text, mode="eval")
        except SystemError:
            continue
    return ast.parse(text, mode="eval")
