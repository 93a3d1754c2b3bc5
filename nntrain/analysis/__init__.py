"""Labels and outputs -> numbers. Sees arrays only."""
