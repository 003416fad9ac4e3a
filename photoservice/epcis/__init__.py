"""EPCIS 2.0 capture: the standard by which makers and retailers forward package and roll IDs (O18, seeds 000:71-73)."""
