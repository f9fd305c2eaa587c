"""What is not established about the vendor, or is a choice. Changed by the admin action `settings`."""

from __future__ import annotations

from dataclasses import dataclass

# The settings that are one of a few words.
CHOICES = {
    "ambiguous_hour": ("first", "second"),
    "numbers": ("listed", "mixed", "text"),
    "empty_lists": ("absent", "object"),
}


@dataclass
class Settings:
    """The settings of the marketplace.

    Attributes:
        access_seconds: Lifetime of an access token; the vendor sets it per category of application.
        refresh_seconds: Lifetime of a refresh token, likewise.
        code_seconds: Lifetime of an authorization code (not established).
        rotate_refresh_tokens: Whether a refresh gives a new refresh token and burns the old one (not established).
        sync_takes_access_token: Whether `/sync` takes `access_token` in place of `session` (not established).
        calls_per_second: Calls of one API in a second; one more is refused, for a second; 0 is no limit.
        calls_per_day: Calls of the application until midnight in China; 0 is no limit.
        address_refused: Whether the caller's address is off the application's list (AppWhiteIpLimit).
        simplifies: Whether `simplify=true` is heeded; clients have to read both shapes.
        numbers: How numbers are written: as the field list says (`listed`), some as text (`mixed`), all (`text`).
        empty_lists: What stands for an empty list in a wrapped answer: nothing (`absent`) or `{}` (`object`).
        ambiguous_hour: Which of the two hours a Pacific time means when the clocks go back.
        mask_buyers: Whether sellers with masked addresses get them so.
        max_page_size: The most orders on a page (assumed for the two main lists).
        risk_seconds: How long an order stays under risk control after payment; 24 hours.
        unpaid_seconds: When an unpaid order is closed (not established).
        warehouse_seconds: After what time the platform's warehouse sends its lines (not established).
        accept_seconds: When sent goods count as received, without the buyer's word (not established).
        funds_seconds: How long FUND_PROCESSING lasts (not established).
        cancel_seconds: How long the seller has to answer a wish to cancel (not established).
        zero_amounts: Whether the long form of money says `amount` 0 beside a right `cent`, as in one vendor sample.
        lists_show_funds: Whether lists tell FUND_PROCESSING from FINISH; the vendor says they cannot.
        tracking_changes: How often a declared tracking number can be changed (a guess of old rules).
        tracking_change_days: For how many days (a guess of old rules).
    """

    access_seconds: int = 2_592_000
    refresh_seconds: int = 5_184_000
    code_seconds: int = 1800
    rotate_refresh_tokens: bool = False
    sync_takes_access_token: bool = False
    calls_per_second: int = 0
    calls_per_day: int = 0
    address_refused: bool = False
    simplifies: bool = True
    numbers: str = "mixed"
    empty_lists: str = "absent"
    ambiguous_hour: str = "second"
    mask_buyers: bool = True
    max_page_size: int = 50
    risk_seconds: int = 86_400
    unpaid_seconds: int = 1_728_000
    warehouse_seconds: int = 172_800
    accept_seconds: int = 5_184_000
    funds_seconds: int = 604_800
    cancel_seconds: int = 604_800
    zero_amounts: bool = False
    lists_show_funds: bool = False
    tracking_changes: int = 2
    tracking_change_days: int = 5
