"""What runs, one file through all of it, and the verdict."""
