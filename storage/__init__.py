"""How things are kept. Only this package imports duckdb and holds SQL."""
