"""`python -m sidecar`: the program where no folder of scripts is on the path."""

from sidecar.program import main

if __name__ == "__main__":
    main()
