"""Who pays (S4): prepaid, on account, at the till by order code, on a provider's page; and what is given back."""
