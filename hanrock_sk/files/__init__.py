"""Files: text with its encoding, tables in text, and files written whole."""
