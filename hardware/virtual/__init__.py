"""Devices that ship with the product: real ptys and sockets with something behind them that misbehaves on command."""
