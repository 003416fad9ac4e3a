"""Scans made small, safely: looked at before they are decoded, decoded in a child that can be killed."""
