"""People on the web: who they are, what they hold, and therefore what they may see."""
