"""FILE and TOOL: the container, and what could not be checked."""
