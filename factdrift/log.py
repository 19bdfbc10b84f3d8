"""Logs on stderr: one event per unit of work, a fixed text, values as fields."""

import logging
import sys


def setup_logging(*, verbose: bool = False) -> None:
    """Send factdrift's events to stderr, results stay on stdout."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("factdrift")
    logger.handlers = [handler]
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False


def event(logger: logging.Logger, text: str, **fields: object) -> None:
    """Log `text key=value ...`; a value with a space is quoted."""
    logger.info("%s %s", text, " ".join(f"{key}={_shown(value)}" for key, value in fields.items()))


def _shown(value: object) -> str:
    text = str(value)
    return repr(text) if " " in text or not text else text
