"""17TRACK for xborder_sdk: any waybill followed, with signed notifications."""
