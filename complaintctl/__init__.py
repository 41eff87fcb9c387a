"""A complaint register as plain files under git."""

__version__ = "0.1.0"
SHORT = 12  # digits of the id of a commit where people read it
