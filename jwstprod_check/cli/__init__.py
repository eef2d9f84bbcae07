"""The command line: parsing and wiring only, one module a command, imported when it is called."""
