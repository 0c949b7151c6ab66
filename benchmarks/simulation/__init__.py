"""How fast the simulator is, beside others."""
