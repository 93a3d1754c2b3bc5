"""Downloads files from mirrors, checked by size and SHA-256."""
