"""Which piece was sold by which line, what was given back, charged, registered; and what a manager must look at.

A pure function of a set of facts (:func:`pos_bridge.matching.decide.decide`): in whatever order tills, scanners and
managers say things, and however often, the end is the same. The rules in plain words are in docs/till/matching.md.
"""
