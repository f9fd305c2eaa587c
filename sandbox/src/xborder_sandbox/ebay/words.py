"""eBay's words, as data. Beside each stands where it comes from.

FUL is the OpenAPI document sell_fulfillment_v1; enums is the compiled list of type pages.
"""

from __future__ import annotations

_SCOPE = "https://api.ebay.com/oauth/api_scope"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# OAuth scopes: the `security` of each operation in the OpenAPI documents; Post-Order publishes none.
BASE = _SCOPE
FULFILLMENT = f"{_SCOPE}/sell.fulfillment"
FULFILLMENT_READ = f"{_SCOPE}/sell.fulfillment.readonly"
FINANCES = f"{_SCOPE}/sell.finances"
PAYMENT_DISPUTE = f"{_SCOPE}/sell.payment.dispute"
IDENTITY = f"{_SCOPE}/commerce.identity.readonly"
# The first is good for everything about subscriptions, the second for reading them.
NOTIFICATION_SUBSCRIPTION = tuple(
    f"{_SCOPE}/commerce.notification.{name}" for name in ("subscription", "subscription.readonly")
)
USER_RATE_LIMIT = tuple(
    f"{_SCOPE}/{name}"
    for name in (
        "sell.inventory",
        "sell.inventory.readonly",
        "sell.marketplace.insights.readonly",
        "commerce.catalog.readonly",
        "sell.marketing",
        "sell.marketing.readonly",
    )
)

SELLER_SCOPES = (
    BASE,
    FULFILLMENT,
    FULFILLMENT_READ,
    FINANCES,
    PAYMENT_DISPUTE,
    IDENTITY,
    *NOTIFICATION_SUBSCRIPTION,
    *USER_RATE_LIMIT,
)
# Client credentials get what needs no user; of the operations simulated here that is the base scope.
APPLICATION_SCOPES = (BASE,)

# Where issueRefund and two cancellation calls have to be signed: sellers domiciled in the EU or the UK
# (issueRefund's description in FUL).
SIGNING_COUNTRIES = _words(
    """
    AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
    """
)

# enums, fulfillment.ReasonForRefundEnum
REFUND_REASONS = _words(
    """
    BUYER_CANCEL SELLER_CANCEL ITEM_NOT_RECEIVED BUYER_RETURN ITEM_NOT_AS_DESCRIBED OTHER_ADJUSTMENT
    SHIPPING_DISCOUNT
    """
)

# enums, post_order.CancelReason
CANCEL_REASONS = _words(
    """
    ADDRESS_ISSUES BUYER_ASKED_CANCEL BUYER_CANCEL_OR_ADDRESS_ISSUE FOUND_CHEAPER_PRICE ORDER_MISTAKE
    ORDER_UNPAID OTHER OUT_OF_STOCK_OR_CANNOT_FULFILL PRICE_TOO_HIGH UNKNOWN WONT_ARRIVE_IN_TIME
    WRONG_PAYMENT_METHOD WRONG_SHIPPING_ADDRESS WRONG_SHIPPING_METHOD
    """
)

# enums, marketplace_ids
MARKETPLACES = _words(
    """
    EBAY_US EBAY_MOTORS EBAY_CA EBAY_GB EBAY_AU EBAY_AT EBAY_BE EBAY_FR EBAY_DE EBAY_IT EBAY_NL EBAY_ES
    EBAY_CH EBAY_TW EBAY_CZ EBAY_DK EBAY_FI EBAY_GR EBAY_HK EBAY_HU EBAY_IN EBAY_ID EBAY_IE EBAY_IL
    EBAY_MY EBAY_NZ EBAY_NO EBAY_PH EBAY_PL EBAY_PT EBAY_PR EBAY_RU EBAY_SG EBAY_ZA EBAY_SE EBAY_TH
    EBAY_VN EBAY_CN EBAY_PE EBAY_JP
    """
)

# enums, trading_shipping_carrier_codes (Trading API, ShippingCarrierCodeType)
CARRIER_CODES = _words(
    """
    A1CourierServices ABF AeroPost ALLIEDEXPRESS AMWST AnPost APC ARAMEX ARVATO ASM AustralianAirExpress
    AustraliaPost AVRT Bartolini BELGIANPOST BKNS BluePackage BPost BusinessPost CanPar CENF CEVA
    ChinaPost Chronoexpres Chronopost CHUKOU1 ChunghwaPost CitiPost CityLink ClickandQuick CNWY
    ColiposteDomestic ColiposteInternational Colissimo CollectPlus Correos CPC CustomCode DAIPost
    DayandRoss DBSchenker DeutschePost DHL DHLEKB DHLEXPRESS DHLG DHLGlobalMail DieSchweizerischePost
    DPD DPXThailand Ducros EGO EMF Exapaq Fastway FASTWAYCOURIERS FedEx FedExSmartPost FLYT FLYTExpress
    FlytExpressUSDirectline FourPX FourPXCHINA FourPXExpress FourPXLTD FTFT FulfilExpressAccStation
    FulfilExpresseForCity FulfilExpressEverydaySource FulfilExpressiTrimming GLS HDUSA Hermes
    HomeDeliveryNetwork HongKongPost HUNTEREXPRESS iLoxx IndiaPost IndonesiaPost Interlink InterPost
    IoInvio Iparcel IsraelPost JapanPost KIALA KoreaPost Landmark LAPOSTE LDSO LTL MALAYSIAPOST
    MannaFreight Metapack MNGTurkey MondialRelay MRW MSI Nacex NEMF ODFL OFFD ONTRACK
    OsterreichischePostAG Other OVNT Parcelforce ParcelPool Philpost Pilot PITD PocztaPolska Pocztex
    PosteItaliane POSTITALIANO PostNL PostNordNorway Prestige Quantium RETL RoyalMail RRUN SAIA SDA Seur
    SevenLSP SFC SFCExpress SINGAPOREPOST Siodemka SioliandFontana SkynetMalaysia SMARTSEND Sogetras
    Spediamo SpeeDee StarTrack SuntekExpressLTD SwissPost TELE TEMANDO THAILANDPOST TNT TNTEXPRESS
    TNTPost Toll TPG TWW UBI UKMail UPS UPSC UPSMailInnovations USFG USPS USPSCeP USPSPMI VietnamPost
    VITR WATKINS Winit Wise WNdirect WPX YANWEN Yodel YRC
    """
)
