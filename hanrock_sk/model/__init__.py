"""The networks and their engine: torch alone."""
