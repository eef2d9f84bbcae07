"""TIME: dates, exposure times and INT_TIMES."""
