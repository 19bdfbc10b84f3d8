"""The command line: results on stdout, logs on stderr, an exit code for each class of failure."""

from factdrift.cli.main import main

__all__ = ["main"]
