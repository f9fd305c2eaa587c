"""Handing parcels over (交运): big bags, their labels and lists."""
