"""Defects that ``make --break`` puts into a file, by the rule that reports each."""
