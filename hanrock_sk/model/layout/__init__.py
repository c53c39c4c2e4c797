"""Where things stand: batches of talkturns, windows as index ranges, packed rows."""
