"""A complaint register as plain files under git."""

__version__ = "0.1.0"
