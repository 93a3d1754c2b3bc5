"""Files that appear whole, locks, array files, strict JSON, mapped arrays, signals."""
