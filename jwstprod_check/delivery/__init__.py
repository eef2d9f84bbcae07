"""Rules across the files of a run, and what the user accepts of the findings of a run."""
