"""The sections on one evaluated run."""
