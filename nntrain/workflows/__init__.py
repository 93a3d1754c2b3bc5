"""What a command does, without click, rich or HTML."""
