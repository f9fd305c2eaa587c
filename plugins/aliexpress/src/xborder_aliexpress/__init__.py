"""AliExpress for xborder_sdk: orders, shipping notices, messages, online shipping, hand-over, disputes."""
