"""What ``twincheck photoservice doctor`` looks at: the machine, the house it stands in, and what waits."""
