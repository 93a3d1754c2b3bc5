"""The work of each command, without click, rich or HTML."""
