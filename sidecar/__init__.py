"""The service around one or many calls, and the command line."""
