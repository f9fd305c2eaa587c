"""The driver: everything that a connector would otherwise have to get right by itself."""
