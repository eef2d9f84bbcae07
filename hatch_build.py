"""Build hook: packs the specs into one msgpack file, so that an installed check imports no YAML parser."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackSpecs(BuildHookInterface):  # type: ignore[type-arg]
    """Adds ``jwstprod_check/specs.msgpack`` to the wheel; an editable install keeps reading the YAML."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the pack and have it included."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from jwstprod_check.spec.documents import PACK, build_pack

        target = Path(self.directory) / PACK
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(build_pack(root / "specs"))
        build_data["force_include"][str(target)] = f"jwstprod_check/{PACK}"
