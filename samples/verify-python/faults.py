class Fault(Exception):
    """A bundle that proves nothing: why (a code of docs/evidence.md), and where in it (a JSON Pointer)."""

    def __init__(self, code, where):
        super().__init__(f"{code} {where}")
        self.code, self.where = code, where


def demand(holds, code, where):
    if not holds:
        raise Fault(code, where)
