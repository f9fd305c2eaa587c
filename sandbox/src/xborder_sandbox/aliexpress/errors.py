"""How the gateways refuse a call, before a business API is reached.

Codes of the IOP gateway are words, those of the legacy TOP gateway numbers (AliExpress reference, section 6).
The reference gives no texts: `msg` is the sandbox's own wording throughout.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A reason to refuse, as each gateway tells it.

    Attributes:
        code: IOP's code.
        top: TOP's code.
        kind: IOP's `type`: ISV (the caller's fault), ISP (the vendor's), SYSTEM.
        msg: The text.
        sub_code: The finer code, if there is one.
    """

    code: str
    top: int
    msg: str
    kind: str = "ISV"
    sub_code: str = ""


class GatewayError(Exception):
    """A call that the gateway refuses.

    Args:
        refusal: Why.
        detail: What exactly; becomes `sub_msg`, or goes behind the text where the shape has no such field.
    """

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal.code} {detail}".strip())
        self.refusal = refusal
        self.detail = detail


MISSING_METHOD = Refusal("MissingParameter", 21, "The parameter method is missing")
NO_SUCH_METHOD = Refusal("InvalidApiPath", 22, "The specified API does not exist")
WRONG_FORMAT = Refusal("InvalidFormat", 23, "The sandbox answers in JSON only")
MISSING_SIGN = Refusal("MissingParameter", 24, "The parameter sign is missing")
WRONG_SIGN = Refusal("IncompleteSignature", 25, "The request signature does not conform to platform standards")
MISSING_SESSION = Refusal("IllegalAccessToken", 26, "The access token is missing")
WRONG_SESSION = Refusal(
    "IllegalAccessToken", 27, "The specified access token is invalid or expired", sub_code="invalid-sessionkey"
)
MISSING_APP_KEY = Refusal("MissingParameter", 28, "The parameter app_key is missing")
WRONG_APP_KEY = Refusal("InvalidAppKey", 29, "The specified app key is invalid")
MISSING_TIMESTAMP = Refusal("MissingParameter", 30, "The parameter timestamp is missing")
WRONG_TIMESTAMP = Refusal("IllegalTimestamp", 31, "The specified timestamp is invalid or too far from the present")
NO_PERMISSION = Refusal("InsufficientPermission", 11, "The application has no permission for this API")
WRONG_ADDRESS = Refusal("AppWhiteIpLimit", 10, "The caller's address is not on the application's list")
API_LIMIT = Refusal("ApiCallLimit", 7, "The request has exceeded the allowed call frequency of this API")
APP_LIMIT = Refusal("AppCallLimit", 7, "The application has used up its calls of this day")
MISSING_PARAMETER = Refusal("MissingParameter", 40, "A required parameter is missing", sub_code="isv.missing-parameter")
WRONG_PARAMETER = Refusal("15", 41, "Remote service error", sub_code="isv.invalid-parameter")
REMOTE_FAILURE = Refusal("15", 50, "Remote service error", "ISP", "isp.remote-service-error")
WRONG_CODE = Refusal("InvalidCode", 41, "The specified authorization code is invalid or expired")
WRONG_REFRESH = Refusal("IllegalRefreshToken", 41, "The specified refresh token is invalid or expired")
