"""The kiosk: a touchscreen program where a shopper registers a film package and takes its labels."""
