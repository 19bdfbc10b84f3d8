"""When things run. Only this package imports prefect."""
