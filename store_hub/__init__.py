"""The store's hub: a station others sync through, so that a store's own events are safe while its line is down."""
