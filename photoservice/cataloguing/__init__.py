"""What can be had (O10): published catalogues, their next draft, and what package products have prepaid."""
