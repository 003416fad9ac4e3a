"""The bridge's one door: webhooks come in, kiosks tell what they saw, cashiers and managers see how it stands."""
