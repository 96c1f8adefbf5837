"""The gateway: cloud platforms' calls flow in over TLS, each flows out to the workstation whose agent it is for.

A workstation behind a router dials out to the gateway and is known by its key; nothing of a call is kept on the way.
"""
