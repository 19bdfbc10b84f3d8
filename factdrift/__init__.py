"""factdrift tells you when something you believe stops being true, and shows you the sentence that says so."""

__version__ = "0.1.0"
