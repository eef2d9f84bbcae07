"""A spec matched with a file, values only: which HDU belongs to which row, the solved dimensions, the columns."""
