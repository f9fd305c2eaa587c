"""Online shipping (线上发货): services, parcels, labels, tracking."""
