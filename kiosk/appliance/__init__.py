"""What makes a program an appliance: a window without a way out, a heart that is listened to, a night's rest."""
