"""Results as tables, charts and pages, for the terminal and as HTML."""
