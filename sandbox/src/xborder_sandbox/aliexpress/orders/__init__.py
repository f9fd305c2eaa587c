"""Orders: what they are, what happens to them, and the APIs that show them."""
