"""Pages, tables and lines for people."""
