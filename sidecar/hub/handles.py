"""How many connections this process may have open: as many as the system lets it have, since each client holds some."""

import sys

if sys.platform != "win32":
    import resource


def raise_limit() -> int:
    """Raise the limit of open files to the most that is allowed without asking anybody; returns it, 0 if unlimited."""
    if sys.platform == "win32":
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(hard, 0)
