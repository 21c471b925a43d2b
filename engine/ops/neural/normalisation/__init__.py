"""Normalisation by batch, layer, group; weight norm."""
