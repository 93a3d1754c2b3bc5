"""The lecture page: texts, formulas, and numbers of the product in one HTML file."""
