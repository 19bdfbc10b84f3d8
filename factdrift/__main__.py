"""`python -m factdrift`."""

from factdrift.cli import main

main()
