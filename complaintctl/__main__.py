"""`python -m complaintctl`."""

from complaintctl.cli import run

run()
