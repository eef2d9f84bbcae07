"""KEY: presence, type and value of keywords, and statements that contradict each other."""
