"""An error in a spec, with its place."""


class SpecError(Exception):
    """A spec, a symbol table or a column table that cannot be used.

    Printed as ``reason at file:$.hdus[3].dtype``; the command line ends with exit status 2.
    """

    def __init__(self, reason: str, place: str = "", where: str = "$") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.where = where

    def at(self, where: str, place: str | None = None) -> "SpecError":
        """Return the same error with its place filled in."""
        return SpecError(self.reason, self.place if place is None else place, where)

    def __str__(self) -> str:
        return f"{self.reason} at {self.place}:{self.where}" if self.place else f"{self.reason} at {self.where}"
