"""Changes to the registry together with the uses of its entries."""
