"""KEY: presence, type and value of keywords, and keywords that contradict each other."""
