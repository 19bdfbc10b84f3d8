"""Reading sentences: from the text of an article to typed claims with evidence. Knows no seed values."""
