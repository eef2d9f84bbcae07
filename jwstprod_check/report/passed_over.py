"""What was found in folders and not looked at, counted."""

from typing import Final


class PassedOver:
    """How many files and folders were passed over, by ending or name, in the order in which they were found first."""

    MAX_KINDS: Final = 20

    def __init__(self) -> None:
        self._counts: dict[tuple[bool, str], int] = {}

    def add(self, folder: bool, what: str) -> None:
        """Count one; names beyond the first twenty are counted together."""
        key = (folder, what)
        if key not in self._counts and len(self._counts) >= self.MAX_KINDS:
            key = (folder, "others")
        self._counts[key] = self._counts.get(key, 0) + 1

    def counts(self) -> list[tuple[str, str, int]]:
        """``file`` or ``folder``, its ending or name, and how many, files first."""
        order = sorted(self._counts.items(), key=lambda item: item[0][0])
        return [("folder" if folder else "file", what, count) for (folder, what), count in order]

    def __str__(self) -> str:
        """One line: ``3 files (.bz2), 1 folder (.git)``, '' where nothing was passed over."""
        return ", ".join(f"{n} {kind}{'s' * (n != 1)} ({what})" for kind, what, n in self.counts())
