"""The built-in printers: connectors like any other, found by their entry points."""
