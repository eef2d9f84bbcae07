"""A spec matched with a file, values only: which HDU stands for which row, the solved dimensions, the columns."""
