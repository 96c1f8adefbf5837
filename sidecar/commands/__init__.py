"""One module per command of the command line, each with its click command under the name `command`."""
