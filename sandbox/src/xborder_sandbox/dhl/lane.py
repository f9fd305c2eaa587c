"""From where to where: what a lane means for customs and distance."""

from __future__ import annotations

from dataclasses import dataclass

from xborder_sandbox.dhl.places import COUNTRIES, Country, ServiceArea


@dataclass(frozen=True)
class End:
    """One end of a lane."""

    country: Country
    postal_code: str
    city: str

    @property
    def area(self) -> ServiceArea:
        """The service area."""
        return self.country.area(self.postal_code)


@dataclass(frozen=True)
class Lane:
    """An origin and a destination."""

    origin: End
    destination: End

    @property
    def is_domestic(self) -> bool:
        """Both ends in one country."""
        return self.origin.country.code == self.destination.country.code

    @property
    def crosses_customs(self) -> bool:
        """Goods on it need customs clearance."""
        both_in_union = self.origin.country.in_customs_union and self.destination.country.in_customs_union
        return not self.is_domestic and not both_in_union

    @property
    def zone(self) -> int:
        """How far: 0 within the country, 1 within the region, 2 beyond."""
        if self.is_domestic:
            return 0
        return 1 if self.origin.country.region == self.destination.country.region else 2


def end(country_code: str, postal_code: str, city: str, role: str) -> tuple[End | None, str]:
    """Return the end of a lane, or None and why the network cannot serve it.

    Args:
        country_code: ISO alpha-2.
        postal_code: As written; may be empty where the country has no postcodes.
        city: As written.
        role: How the end is called in the refusal, such as `receiverDetails`.
    """
    country = COUNTRIES.get(country_code)
    if country is None:
        return None, f"The {role} countryCode '{country_code}' is not served."
    if not country.has_postcode(postal_code):
        return None, f"The {role} postalCode '{postal_code}' was not found in {country.name}."
    return End(country, postal_code.strip(), city), ""
