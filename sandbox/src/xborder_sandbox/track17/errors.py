"""What 17TRACK refuses: numbers and words.

Numbers: error_codes.csv in contracts/17track; -1801980x and -18010204 beyond it stand in the vendor's table as a
public client quotes it. Words: the same clients.
"""

from __future__ import annotations

MESSAGES: dict[int, str] = {
    -18010002: "Invalid security key.",
    -18010004: "The account is disabled.",
    -18010005: "Unauthorized access.",
    -18010010: "Please provide the data {0}.",
    -18010011: "The value of data {0} is invalid.",
    -18010012: "The format of '{0}' is invalid.",
    -18010013: "Invalid submitted data.",
    -18010014: "Tracking numbers exceed 40 limit.",
    -18010015: "The value {0} is invalid.",
    -18010204: "Webhook URL not set, can't push data.",
    -18019801: "The tracking number is registered with multiple carriers. Please specify carrier_old.",
    -18019802: "The parameter carrier_new {0} is incorrect.",
    -18019803: "The Carrier Code to be changed can not be the same of the current one.",
    -18019804: "The Carrier Code to be changed must be specified to carrier_new or final_carrier_new.",
    -18019805: "The tracking number {0} is not registered for the carrier given as carrier_old.",
    -18019806: "Carrier can not be changed for stopped numbers. Please retrack the number before changing the carrier.",
    -18019807: "The times for changing carrier exceed limit.",
    -18019808: "The tracking result has not been returned after the latest registration or modification.",
    -18019809: "The number {0} is already registered with the new carrier.",
    -18019811: "The data need to be changed is not valid.",
    -18019901: "The tracking number '{0}' has been registered, don't need to repeat registration.",
    -18019902: "The tracking number '{0}' does not register, please register first.",
    -18019903: "The carrier can not be identified.",
    -18019904: "Retrack is not allowed. You can only retrack stopped number.",
    -18019905: "Retrack is not allowed. You can only retrack each number once.",
    -18019906: "Stop tracking is not allowed. You can only stop numbers that are being tracked.",
    -18019907: "Tracking amount exceeds your daily limit.",
    -18019908: "Your quotas have ran out.",
    -18019909: "No tracking info at the moment.",
    -18019910: "Carrier Code {0} is incorrect.",
    -18019912: "Unauthorized access.",
}


class Rejection(Exception):
    """One number of a call is not accepted."""

    def __init__(self, code: int, about: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = MESSAGES[code].format(about)


class CallError(Exception):
    """A whole call is refused; `status` is that of HTTP."""

    def __init__(self, code: int, status: int = 200, message: str = "", about: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message or MESSAGES[code].format(about)
