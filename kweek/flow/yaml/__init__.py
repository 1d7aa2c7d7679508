"""What does a YAML file say, and where? Every scalar a text with its place; whatever could be misread is refused."""
