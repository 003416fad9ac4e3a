"""Pixels: safe decode, codes in pictures, marks and drawings on them.

It knows no accounts, orders, devices or screens.
"""
