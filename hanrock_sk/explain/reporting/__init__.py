"""The report: gathers what a page shows, and writes it; the page is in ``page/``."""
