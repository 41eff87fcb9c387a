"""Each step made once more from what the sections say of it.

Every function takes what was recorded (and where in its list), the case and the
context, and gives the case as the step leaves it.  It raises what the step
raises; `Refused` as well where it is not the step's turn yet, and `Otherwise`
where the step would have recorded something else than what is there.
"""
