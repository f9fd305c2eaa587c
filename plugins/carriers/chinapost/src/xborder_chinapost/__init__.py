"""China Post for xborder_sdk: ePacket, small packet and EMS, with labels, tracking and the batch import file."""
