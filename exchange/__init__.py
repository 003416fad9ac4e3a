"""Image orders and uploads between systems: rules, codecs, client and server halves.

Who runs them is not known here.
"""
