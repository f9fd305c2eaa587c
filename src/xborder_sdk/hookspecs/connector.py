"""What a plugin supplies besides its kinds: a name, settings, hosts, tokens, signatures and the meaning of answers.

Everything here is a fact or a pure function. Retrying, waiting, locking, storing and sending are the driver's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pydantic import Field, SecretStr

from xborder_sdk.errors import Refused
from xborder_sdk.hookspecs.kind import Kind
from xborder_sdk.models.base import Model
from xborder_sdk.models.notification import ChallengeAnswer, InboundMessage, Notification
from xborder_sdk.models.order import Hold
from xborder_sdk.models.shipment import Service
from xborder_sdk.steps import Api, Flow, Response, WireRequest

if TYPE_CHECKING:
    from xborder_sdk.hookspecs.logistics_provider import ShipmentDetails


class Settings(Model):
    """The settings every account has; a connector's settings model adds its own.

    Secrets are `SecretStr`, so that no repr or log shows them.

    Attributes:
        hosts: Base URLs that replace the connector's own, by host name.
        proxy: URL of a proxy for this account; without it the environment's proxy settings hold.
        read_only: Refuse every operation that has an effect.
        timeout_s: Longest silence of the vendor in seconds.
        max_answer_bytes: Largest answer accepted, after decompression.
        max_attempts: Most tries of a step that may be repeated.
        rate_per_second: Most requests per second of this account; None where the connector's own limits suffice.
        deny_operations: Operations this account must not run.
    """

    hosts: dict[str, str] = Field(default_factory=dict)
    proxy: SecretStr | None = None
    read_only: bool = False
    timeout_s: float = Field(default=30.0, gt=0)
    max_answer_bytes: int = Field(default=32 * 1024 * 1024, gt=0)
    max_attempts: int = Field(default=4, ge=1, le=10)
    rate_per_second: float | None = Field(default=None, gt=0)
    deny_operations: frozenset[str] = frozenset()


class Token(Model):
    """A credential the vendor issued.

    Attributes:
        access: What authorises a request.
        expires_at: When it stops; None where it does not say.
        refresh: What renews it; None where nothing does.
        refresh_expires_at: When `refresh` stops, and whoever gave it must consent again; None where nobody says.
    """

    access: SecretStr
    expires_at: datetime | None = None
    refresh: SecretStr | None = None
    refresh_expires_at: datetime | None = None


class Meaning(Enum):
    """What an answer means to the driver."""

    GOOD = auto()
    REFUSED = auto()
    THROTTLED = auto()
    TOKEN_EXPIRED = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A connector's reading of an answer.

    Attributes:
        meaning: What it means.
        not_executed: Whether it proves that nothing was done. Only then may a `once` step go out again.
        code: The vendor's own code.
        message: The vendor's own words; the driver scrubs them before anyone sees them.
        request_id: The vendor's id of the request.
        error: The error a refusal becomes; None lets the HTTP status choose.
        retry_after_s: Seconds the vendor asks to wait, beside the `Retry-After` header.
        hint: What the user should do.
    """

    meaning: Meaning
    not_executed: bool = False
    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    error: type[Refused] | None = None
    retry_after_s: float | None = None
    hint: str | None = None


GOOD = Verdict(Meaning.GOOD)

# RFC 9110 section 15.5: the client errors under which a server says that it has not acted on the request. 408, 409,
# 423, 424 and 499 are left out: servers send them also when something has begun.
_PROVES_NOTHING_DONE = frozenset({400, 401, 402, 403, 404, 405, 406, 410, 411, 412, 413, 414, 415, 416, 417, 421,
                                  422, 426, 428, 429, 431, 451})  # fmt: skip


def verdict_from_status(
    response: Response, code: str | None = None, message: str | None = None, request_id: str | None = None
) -> Verdict:
    """The reading by HTTP status alone, which most vendors keep to.

    Args:
        response: The answer.
        code: The vendor's own code, where its body has one.
        message: The vendor's own words.
        request_id: The vendor's id of the request.
    """
    status = response.status
    if 200 <= status < 300:
        return GOOD
    if status == 429:
        meaning = Meaning.THROTTLED
    elif status == 401:
        meaning = Meaning.TOKEN_EXPIRED
    elif status >= 500:
        meaning = Meaning.DOWN
    else:
        meaning = Meaning.REFUSED
    return Verdict(meaning, status in _PROVES_NOTHING_DONE, code, message, request_id)


class SupportLevel(StrEnum):
    """Whether an operation can be used."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class Support:
    """Whether an account can use an operation, and why not or when."""

    level: SupportLevel
    reason: str | None = None

    def __bool__(self) -> bool:
        return self.level is not SupportLevel.NO


SUPPORTED = Support(SupportLevel.YES)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often a vendor may be asked.

    Attributes:
        name: Which budget, for messages.
        requests: So many requests ...
        seconds: ... in so many seconds.
        operations: Operations that share it; None for all.
        source: Where the figure comes from.
    """

    name: str
    requests: int
    seconds: float
    operations: frozenset[str] | None = None
    source: str = ""


class Identity(Model):
    """Whom a vendor takes an account for.

    Attributes:
        id: The vendor's id of the seller or customer.
        name: Its display name.
        detail: What else helps to recognise it, such as the marketplace.
    """

    id: str
    name: str | None = None
    detail: str | None = None


class Checked(StrEnum):
    """Against what an operation has been held."""

    SPEC = "spec-checked"
    """The vendor's own machine-readable document."""
    SAMPLE = "sample-checked"
    """A public payload of the vendor."""
    UNVERIFIED = "unverified"
    """A description only."""


S = TypeVar("S", bound=Settings)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Connector(Generic[S]):
    """A vendor's implementation. Subclass it, and name the class in the plugin's `register_connectors`.

    Attributes:
        name: The name accounts use, lower case.
        title: The vendor's name for people.
        settings_model: Type of the account's settings.
        kinds: The kind classes, each registered for every account of this connector.
        local_devices: Whether its hosts are devices on the local network, as printers are. Those may be reached by
            plain http, past every proxy of the environment, and never get a credential.
        core: Versions of the core it works with, as a PEP 440 specifier.
        checked: Against what each operation has been held, by operation name; `UNVERIFIED` where it says nothing.
        now: The present, aware. The client puts its own clock here, so that signatures, tokens and deadlines follow it.
        consent_setting: The setting that holds what a consent gave (`Token.refresh`).
        consent_credential: The credential that a consent gives (see `token`).
        consent_loopback: Whether the vendor leads the browser back to an address on this machine; else the owner of
            the account copies the address at which the browser arrived.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    settings_model: ClassVar[type[Settings]] = Settings
    kinds: ClassVar[tuple[type[Kind], ...]] = ()
    local_devices: ClassVar[bool] = False
    core: ClassVar[str] = ">=0.1,<0.2"
    checked: ClassVar[Mapping[str, Checked]] = {}
    consent_setting: ClassVar[str] = "refresh_token"
    consent_credential: ClassVar[str] = "default"
    consent_loopback: ClassVar[bool] = False

    def __init__(self, account: str, settings: S) -> None:
        self.account = account
        self.settings = settings
        self.api = Api()
        self.now: Callable[[], datetime] = _utc_now

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.account}>"

    def hosts(self) -> Mapping[str, str]:
        """Base URLs by name, without a trailing slash; `api` is the usual one. `Settings.hosts` replaces them."""
        return {}

    def base_headers(self) -> Mapping[str, str]:
        """Headers of every request."""
        return {}

    def token(self, credential: str, held: Token | None) -> Flow[Token] | None:
        """A flow that gets a token, or None where the account needs none.

        The driver calls it once at a time for an account over threads, tasks and, with a shared store, processes.

        Args:
            credential: Which token, as named by `Send.credential`.
            held: The token held until now, whose `refresh` may serve; None at first.
        """
        return None

    def consent_url(self, state: str, redirect_uri: str | None = None) -> str | None:
        """Where the account's owner consents in a browser; None where the vendor asks for no consent.

        A pure function: no I/O. It must work without the setting that the consent is to fill.

        Args:
            state: An unguessable text that the vendor hands back with the code.
            redirect_uri: Where the vendor is to send the browser afterwards; None where that is not the caller's to
                choose. A vendor that knows its own address ignores it.

        Raises:
            InvalidSettings: The account lacks what a consent needs.
        """
        return None

    def exchange_code(self, code: str, redirect_uri: str | None = None) -> Flow[Token] | None:
        """A flow that turns the code of a consent into a token; None where the vendor asks for no consent.

        The token's `refresh` becomes the setting named by `consent_setting`.

        Args:
            code: What the vendor handed to the browser, percent-decoded once.
            redirect_uri: As given to `consent_url`.

        Raises:
            AuthenticationFailed: The code is used up or too old.
        """
        return None

    def expiries(self) -> Mapping[str, datetime]:
        """What among the settings stops working by itself, by its name for people, and when."""
        return {}

    def credential_key(self, credential: str) -> str:
        """Digest of what a stored token depends on: when settings change, the stored token is not used."""
        secrets = [
            f"{name}={value.get_secret_value() if isinstance(value, SecretStr) else value}"
            for name in sorted(type(self.settings).model_fields)
            if name not in Settings.model_fields
            and isinstance(value := getattr(self.settings, name), (SecretStr, str, tuple))
        ]
        text = "\n".join([self.name, credential, *sorted(self.resolved_hosts().values()), *secrets])
        return hashlib.sha256(text.encode()).hexdigest()

    def resolved_hosts(self) -> Mapping[str, str]:
        """The connector's hosts with the account's replacements."""
        found = {**self.hosts(), **self.settings.hosts}
        return {name: url.rstrip("/") for name, url in found.items()}

    def sign(self, request: WireRequest, token: Token | None) -> WireRequest:
        """Authorises a request. A pure function, run anew for every attempt.

        Args:
            request: What will go out.
            token: The token named by the step; None where it needs none.
        """
        if token is None:
            return request
        return request.with_headers({"Authorization": f"Bearer {token.access.get_secret_value()}"})

    def classify(self, response: Response) -> Verdict:
        """Reads an answer: good, refused with which code, throttled, token expired, or the vendor down."""
        return verdict_from_status(response)

    def limits(self) -> tuple[Limit, ...]:
        """How often this account may ask."""
        return ()

    def support(self, operation: str) -> Support:
        """Narrows what this account can do, before any I/O. Overridden operations are supported unless this says no.

        It is asked about operations that are not overridden too, so that it may say why the vendor has none.

        Args:
            operation: Name of the operation.
        """
        return SUPPORTED

    def check_shipment(self, request: ShipmentDetails) -> tuple[Hold, ...]:
        """Reasons why this account cannot buy a shipment, found without I/O; none says only that nothing was found.

        What it names, `create_shipment` refuses with `InvalidRequest` before anything is sent.

        Args:
            request: The shipment; without a `service` only what holds for all of them is looked at.
        """
        return ()

    def known_services(self) -> tuple[Service, ...] | None:
        """The services this account can buy, where that is known without asking; None where only the vendor knows.

        A configuration that names another one is refused when it is read, instead of holding every order.
        """
        return None

    def read_notification(self, message: InboundMessage) -> Flow[tuple[Notification, ...]] | None:
        """A flow that proves and reads what the vendor pushed; None where the vendor pushes nothing.

        It may ask the vendor, for example for the key that signed the message; reads only. A connector that needs
        nothing of the kind begins with `yield from ()`. Whatever the message says is somebody else's until its
        signature holds, and a message the connector does not know the topic of is `NotificationKind.OTHER`.

        Args:
            message: The request as it came in. Whoever received it has bounded its size.

        Raises:
            NotificationRefused: It is not proven to be the vendor's, is too old, or cannot be read.
        """
        return None

    def answer_challenge(self, message: InboundMessage) -> ChallengeAnswer | None:
        """Answers the vendor's question whether an endpoint is ours; None where the message asks no such thing.

        A pure function: no I/O.

        Args:
            message: The request as it came in.

        Raises:
            InvalidSettings: The account lacks what the answer is made of.
        """
        return None

    def whoami(self) -> Flow[Identity] | None:
        """A flow that asks the vendor who this account is; None where the vendor cannot be asked. Reads only."""
        return None
