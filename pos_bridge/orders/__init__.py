"""Order codes out and back: "charge this" at any till, and what comes back in a sale (research/pos_kiosk.md 2.6)."""
