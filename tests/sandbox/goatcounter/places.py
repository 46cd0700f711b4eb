"""Names of countries and languages."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "(unknown)"
"""What statistics call a country or language that is not known."""

COUNTRIES: Mapping[str, str] = MappingProxyType(
    {
        "AR": "Argentina",
        "AT": "Austria",
        "AU": "Australia",
        "BE": "Belgium",
        "BG": "Bulgaria",
        "BR": "Brazil",
        "CA": "Canada",
        "CH": "Switzerland",
        "CL": "Chile",
        "CN": "People's Republic of China",
        "CO": "Colombia",
        "CZ": "Czechia",
        "DE": "Germany",
        "DK": "Denmark",
        "EE": "Estonia",
        "EG": "Egypt",
        "ES": "Spain",
        "FI": "Finland",
        "FR": "France",
        "GB": "United Kingdom",
        "GR": "Greece",
        "HK": "Hong Kong",
        "HR": "Croatia",
        "HU": "Hungary",
        "ID": "Indonesia",
        "IE": "Ireland",
        "IL": "Israel",
        "IN": "India",
        "IR": "Iran",
        "IT": "Italy",
        "JP": "Japan",
        "KE": "Kenya",
        "KR": "South Korea",
        "LT": "Lithuania",
        "LU": "Luxembourg",
        "LV": "Latvia",
        "MA": "Morocco",
        "MX": "Mexico",
        "MY": "Malaysia",
        "NG": "Nigeria",
        "NL": "Netherlands",
        "NO": "Norway",
        "NZ": "New Zealand",
        "PE": "Peru",
        "PH": "Philippines",
        "PK": "Pakistan",
        "PL": "Poland",
        "PT": "Portugal",
        "RO": "Romania",
        "RS": "Serbia",
        "RU": "Russia",
        "SA": "Saudi Arabia",
        "SE": "Sweden",
        "SG": "Singapore",
        "SI": "Slovenia",
        "SK": "Slovakia",
        "TH": "Thailand",
        "TR": "Turkey",
        "TW": "Taiwan",
        "UA": "Ukraine",
        "US": "United States",
        "VN": "Vietnam",
        "ZA": "South Africa",
    },
)
"""English names by ISO 3166-1 code."""

_LANGUAGES = """
ar ara Arabic
bg bul Bulgarian
bn ben Bengali
ca cat Catalan
cs ces Czech
da dan Danish
de deu German
en eng English
es spa Spanish
et est Estonian
eu eus Basque
fi fin Finnish
fr fra French
gl glg Galician
he heb Hebrew
hi hin Hindi
hr hrv Croatian
hu hun Hungarian
id ind Indonesian
it ita Italian
ja jpn Japanese
ko kor Korean
lt lit Lithuanian
nl nld Dutch
pl pol Polish
pt por Portuguese
ro ron Romanian
ru rus Russian
sk slk Slovak
sl slv Slovenian
sr srp Serbian
sv swe Swedish
ta tam Tamil
th tha Thai
tr tur Turkish
uk ukr Ukrainian
vi vie Vietnamese
zh zho Chinese
"""

_ROWS = [line.split(maxsplit=2) for line in _LANGUAGES.strip().splitlines()]
_THREE_LETTERS = {two: three for two, three, _ in _ROWS} | {three: three for _, three, _ in _ROWS}

LANGUAGES: Mapping[str, str] = MappingProxyType({three: name for _, three, name in _ROWS})
"""English names by ISO 639-3 code; a real server knows some seven thousand."""


def country_name(code: str) -> str:
    """The name of a country; a code that is not listed stands for itself."""
    return COUNTRIES.get(code, code) or UNKNOWN


def language_name(code: str) -> str:
    """The name of a language, given its ISO 639-3 code."""
    return LANGUAGES.get(code, code) or UNKNOWN


def language_code(tag: str) -> str:
    """The ISO 639-3 code of a language tag or ``Accept-Language`` header; empty if unknown."""
    first = tag.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip()
    return _THREE_LETTERS.get(first.split("-")[0].split("_")[0].lower(), "")
