"""What the user asked for: the options of a check, and the config file that some of them come from. Imports no rule."""

from jwstprod_check.config.options import Options, PathOptions

__all__ = ["Options", "PathOptions"]
