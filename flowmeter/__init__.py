"""Flowmeter: the command, the settings, and the warehouse file that everything else reads."""
