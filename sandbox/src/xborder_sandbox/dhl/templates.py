"""Templates of labels and papers and their sizes.

Names: imageOptions.templateName of dpdhl-express-api-3.1.1. Sizes: the labels inside the document's own
examples are 280.63 x 566.93 pt, that is 99 x 200 mm, for ECOM26_84_001 and ARCH_8X4; A6 and A4 are what the
other names say.
"""

from __future__ import annotations

from dataclasses import dataclass

A4_MM = (210.0, 297.0)
_LONG = (99.0, 200.0)
_A6 = (105.0, 148.0)
_SHORT = (99.0, 150.0)


@dataclass(frozen=True)
class Template:
    """Size of the printed thing, and of the page it stands on, in millimetres."""

    name: str
    size: tuple[float, float]
    page: tuple[float, float]
    can_fit_a4: bool = False
    has_terms: bool = False

    def on_a4(self) -> Template:
        """Return the template on an A4 page."""
        return Template(self.name, self.size, A4_MM, self.can_fit_a4, self.has_terms)


def _catalogue(*templates: Template) -> dict[str, Template]:
    return {template.name: template for template in templates}


LABELS = _catalogue(
    Template("ECOM26_84_001", _LONG, _LONG),
    Template("ECOM26_84_A4_001", _LONG, A4_MM),
    Template("ECOM_TC_A4", _LONG, A4_MM, has_terms=True),
    Template("ECOM26_A6_002", _A6, _A6, can_fit_a4=True),
    Template("ECOM26_84CI_001", _LONG, _LONG, can_fit_a4=True),
    Template("ECOM26_84CI_002", _LONG, _LONG, can_fit_a4=True),
    Template("ECOM26_84CI_003", _LONG, _LONG),
)
WAYBILLS = _catalogue(
    Template("ARCH_8X4", _LONG, _LONG, can_fit_a4=True),
    Template("ARCH_6X4", _SHORT, _SHORT, can_fit_a4=True),
    Template("ARCH_8X4_A4_002", _LONG, A4_MM),
)
INVOICES = _catalogue(
    Template("COMMERCIAL_INVOICE_P_10", A4_MM, A4_MM),
    Template("COMMERCIAL_INVOICE_L_10", A4_MM[::-1], A4_MM[::-1]),
    Template("RET_COM_INVOICE_A4_01", A4_MM[::-1], A4_MM[::-1]),
)
RECEIPTS = _catalogue(Template("SHIPRCPT_EN_001", A4_MM, A4_MM))
QR_CODES = _catalogue(Template("QR_1_00_LL_PNG_001", (25.4, 25.4), (25.4, 25.4)))

# By imageOptions.typeCode; the first of each is DHL's default.
TEMPLATES: dict[str, dict[str, Template]] = {
    "label": LABELS,
    "waybillDoc": WAYBILLS,
    "invoice": INVOICES,
    "shipmentReceipt": RECEIPTS,
    "qr-code": QR_CODES,
}


def find(kind: str, name: str) -> Template | None:
    """Return a template; the default when no name is given, None when there is none of that name.

    The document's own examples write ARCH_8x4 for ARCH_8X4, so case does not count.
    """
    templates = TEMPLATES[kind]
    return templates.get(name.upper()) if name else next(iter(templates.values()))
