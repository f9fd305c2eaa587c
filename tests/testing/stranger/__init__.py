"""Quill & Co, an invented shop and carrier that answers in XML: a connector as a stranger writes it from the docs."""
