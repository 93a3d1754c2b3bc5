"""The run directory: its files, the model file, provenance."""
