"""The sections of a page, one module each: result objects -> what a template shows."""
