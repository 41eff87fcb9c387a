"""The steps of a case, each a pure function: a case, a context and the values given -> the new case.

What stands against a step is raised as `Refused`; a step that was made before
with the same content as `Already`.
"""
