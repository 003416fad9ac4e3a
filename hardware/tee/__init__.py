"""Between the cashier's devices and the till: every byte passes unchanged, and a copy is told to whoever listens.

Two small processes a device. The *keeper* holds the ports and the pty; the *forwarder* moves bytes. What a forwarder
has in hand lies in memory that both share, so one that is killed or stopped is replaced within a blink and nothing is
lost or doubled (docs/till/tee.md). Nothing here knows what a code or a receipt is worth.
"""
