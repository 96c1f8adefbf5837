import subprocess
import sys


def test_the_package_starts_as_the_program_does() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "sidecar", "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.startswith("sidecar ")
    assert said.stderr == ""
