"""The command line's names load nothing."""

import subprocess
import sys


def test_names_cost_nothing() -> None:
    code = "import sys, sidecar.taptest.names\nprint(*{'numpy', 'websockets', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""
