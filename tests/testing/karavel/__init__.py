"""Karavel, an invented shop that speaks XML-RPC at one address, signs in the query and refuses inside a good answer."""
