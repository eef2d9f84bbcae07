"""Where bytes come from: files, bytes in memory, gzip streams; and which files paths name."""
