"""Labels and receipts drawn as one-bit rasters, in the dots of the printer that will print them."""
