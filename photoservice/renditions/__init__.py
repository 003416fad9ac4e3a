"""What originals are shown as: made by jobs, one a roll; kept without their common header (D4)."""
