"""The terminal: tables, bars, digits and progress. The only user of rich."""
