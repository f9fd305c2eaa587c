"""Disputes (纠纷): what buyers ask for, what sellers answer, and the clock."""
