"""Many training runs -> one result."""
