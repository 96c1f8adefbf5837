"""Every platform's client in miniature, to try a set-up with: a recording flows in, a platform's words flow out.

Written from the platforms' side and sharing nothing with `streams.taps`, so that the two check each other.
"""
