"""The talkturn table: what everything else reads and writes."""
