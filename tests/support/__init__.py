"""What the tests of the core share: a small connector, a server that misbehaves on demand, and three drivers."""
