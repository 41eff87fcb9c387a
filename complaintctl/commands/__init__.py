"""The verbs, one module each: options, help with an example, and a few straight lines."""
