"""Images coming in: room promised, uploads, frames of rolls (O1, O5)."""
