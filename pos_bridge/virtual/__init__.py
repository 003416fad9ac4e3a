"""What stands in for a store's tills where there is none: for tests, the demo, and whoever tries things out."""
