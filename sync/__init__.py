"""A station's durable memory: its journal, its desk, and the courier to the photoservice.

Read :mod:`sync.journal` first, then :mod:`sync.desk`, then :mod:`sync.delivery`; :func:`sync.station.open_station` ties
them together.
"""
