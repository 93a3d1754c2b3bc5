"""Words typed -> calls. The only room that uses click; one file per command."""
