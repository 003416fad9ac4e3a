"""The till: cashiers scan film at the till they have, and Twincheck learns of it without slowing or breaking a sale."""
