"""What the lab says in one line when it cannot go on."""


class LabError(Exception):
    """The machine lacks something, a program failed, or a run did not do what its scenario says."""


class Interrupted(BaseException):
    """A signal asked the run to end: nothing that only expects a program to fail may take it for that."""
