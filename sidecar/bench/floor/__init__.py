"""The floor's stopwatch: made-up calls flow through a real hub to a real floor, figures flow out.

Hub, workstations and floor are processes of their own. The one that measures says when to begin and when to end, over
the others' standard input, one word a line; they answer with one line of JSON each.
"""
