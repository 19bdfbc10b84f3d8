"""The world, read: polite HTTP, feeds, article text, dates and origins."""
