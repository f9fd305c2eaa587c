"""Telling the platform that goods are on their way (声明发货)."""
