"""What everything else stands on: version, callbacks, saved state, scikit-learn."""
