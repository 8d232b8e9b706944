"""From a city or a country to a time zone, as far as that can be told."""

from __future__ import annotations

from functools import cache
from importlib import resources

from accounts.domain.names import words

# Cities that are no zone of their own, in countries with several zones or often written in another
# way.
CITIES = {
    "America/Los_Angeles": """seattle|san francisco|south san francisco|san jose|palo alto|mountain view|sunnyvale|cupertino|
        menlo park|redwood city|oakland|berkeley|sacramento|san diego|portland|bellevue|redmond|las vegas|irvine|santa monica|
        santa clara|long beach|fremont|reno|spokane|tacoma""",
    "America/Denver": "salt lake city|albuquerque|boulder|colorado springs|santa fe|provo|lehi",
    "America/Chicago": """dallas|houston|austin|san antonio|fort worth|southlake|plano|irving|frisco|minneapolis|saint paul|
        st paul|milwaukee|madison|st louis|saint louis|kansas city|new orleans|nashville|memphis|omaha|oklahoma city|tulsa|
        des moines|bentonville|little rock|birmingham alabama|naperville|evanston""",
    "America/New_York": """boston|cambridge ma|washington|washington dc|philadelphia|pittsburgh|atlanta|miami|orlando|tampa|
        charlotte|raleigh|durham|baltimore|cleveland|columbus|cincinnati|buffalo|rochester|hartford|stamford|newark|jersey city|
        jacksonville|richmond|arlington|mclean|reston|new york city|nyc|brooklyn|manhattan|ann arbor|grand rapids""",
    "America/Phoenix": "scottsdale|tempe|tucson|mesa",
    "America/Detroit": "dearborn",
    "America/Toronto": "ottawa|montreal|quebec|quebec city|mississauga|waterloo|kitchener|markham|hamilton "
    "ontario|gatineau",
    "America/Edmonton": "calgary",
    "America/Vancouver": "victoria bc|burnaby|surrey bc|richmond bc",
    "America/Sao_Paulo": """rio de janeiro|brasilia|belo horizonte|curitiba|porto alegre|campinas|salvador|florianopolis""",
    "America/Mexico_City": "mexico|ciudad de mexico|guadalajara|puebla|queretaro",
    "America/Argentina/Buenos_Aires": "buenos aires|cordoba argentina|rosario",
    "Australia/Sydney": "canberra|newcastle nsw|wollongong|parramatta",
    "Australia/Melbourne": "geelong",
    "Australia/Brisbane": "gold coast",
    "Asia/Kolkata": """bangalore|bengaluru|mumbai|bombay|delhi|new delhi|gurgaon|gurugram|noida|hyderabad|chennai|pune|calcutta|
        ahmedabad|kochi|jaipur""",
    "Asia/Shanghai": "beijing|shenzhen|guangzhou|hangzhou|suzhou|chengdu|wuhan|nanjing|tianjin|xi an|dalian",
    "Asia/Ho_Chi_Minh": "hanoi|saigon|ho chi minh city|da nang",
    "Asia/Jakarta": "bandung|surabaya",
    "Asia/Almaty": "astana",
    "Europe/Moscow": "st petersburg|saint petersburg|moskau",
    "Europe/London": """oxford|cambridge|manchester|birmingham|leeds|bristol|edinburgh|glasgow|liverpool|reading|
        milton keynes|nottingham|sheffield|cardiff|newcastle|belfast|southampton""",
    "Europe/Berlin": """munich|munchen|muenchen|hamburg|koln|koeln|cologne|frankfurt|frankfurt am main|stuttgart|dusseldorf|
        duesseldorf|leipzig|dresden|hannover|hanover|nurnberg|nuernberg|nuremberg|bremen|essen|dortmund|bonn|karlsruhe|
        mannheim|heidelberg|walldorf|wolfsburg|ludwigshafen|leverkusen|munster|augsburg|darmstadt|mainz|wiesbaden""",
    "Europe/Vienna": "wien|graz|linz|salzburg|innsbruck",
    "Europe/Zurich": "geneva|genf|geneve|basel|bern|lausanne|zug|winterthur|lugano",
    "Europe/Paris": "lyon|marseille|toulouse|lille|bordeaux|nantes|nice|strasbourg|grenoble",
    "Europe/Madrid": "barcelona|valencia|sevilla|seville|bilbao|malaga",
    "Europe/Lisbon": "porto|lissabon|lisboa",
    "Europe/Rome": "milan|milano|mailand|turin|torino|rom|roma|bologna|naples|florence",
    "Europe/Amsterdam": "rotterdam|eindhoven|utrecht|the hague|den haag",
    "Europe/Warsaw": "krakow|cracow|wroclaw|gdansk|poznan|warschau|lodz",
    "Europe/Prague": "prag|praha|brno|ostrava",
    "Europe/Brussels": "brussel|bruxelles|antwerp|ghent|leuven",
    "Europe/Copenhagen": "kobenhavn|kopenhagen|aarhus",
    "Europe/Stockholm": "gothenburg|goteborg|malmo|lund",
    "Asia/Tokyo": "osaka|kyoto|yokohama|nagoya|fukuoka",
    "Asia/Jerusalem": "tel aviv|haifa|herzliya",
    "Africa/Johannesburg": "cape town|durban|pretoria",
}
# Where most people of a country with several zones live in one of them.
MAIN_ZONES = {
    "DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "MY": "Asia/Kuala_Lumpur", "UA": "Europe/Kyiv", "CL": "America/Santiago", "EC": "America/Guayaquil",
    "AR": "America/Argentina/Buenos_Aires", "UZ": "Asia/Tashkent", "VN": "Asia/Ho_Chi_Minh", "PS": "Asia/Gaza",
}  # fmt: skip
COUNTRIES = {
    "US":
        "usa|united states|united states of america|vereinigte staaten|vereinigte staaten von "
        "amerika|america|u s a|u s"
    ,
    "GB": """uk|united kingdom|united kingdom of great britain and northern ireland|great britain|england|scotland|wales|
        northern ireland|vereinigtes konigreich|grossbritannien|u k|gbr""",
    "DE": "germany|deutschland|deu|allemagne|alemania", "AT": "austria|osterreich|oesterreich|aut",
    "CH": "switzerland|schweiz|suisse|svizzera|che", "FR": "france|frankreich|fra", "IT": "italy|italien|italia|ita",
    "ES": "spain|spanien|espana|esp", "NL": "netherlands|niederlande|holland|the netherlands|nederland|nld",
    "BE": "belgium|belgien|bel", "PL": "poland|polen|polska|pol", "CZ": "czechia|czech republic|tschechien|cze",
    "DK": "denmark|danemark|dnk", "SE": "sweden|schweden|swe", "NO": "norway|norwegen|nor", "FI": "finland|finnland|fin",
    "HU": "hungary|ungarn|hun", "RO": "romania|rumanien|rou", "GR": "greece|griechenland|grc", "IE": "ireland|irland|irl",
    "LU": "luxembourg|luxemburg|lux", "TR": "turkey|turkei|turkiye|tur", "IN": "india|indien|ind", "JP": "japan|jpn",
    "CN": "china|chn|people s republic of china", "KR": "south korea|korea|republic of korea|sudkorea|kor",
    "SG": "singapore|singapur|sgp", "HK": "hong kong|hongkong|hkg", "TW": "taiwan|twn", "IL": "israel|isr",
    "ZA": "south africa|sudafrika|zaf", "AE": "united arab emirates|uae|vereinigte arabische emirate|are",
    "SA": "saudi arabia|saudi arabien|sau", "NZ": "new zealand|neuseeland|nzl", "PT": "portugal|prt",
    "VN": "vietnam|viet nam|vnm", "PH": "philippines|philippinen|phl", "TH": "thailand|tha", "MY": "malaysia|mys",
    "HR": "croatia|kroatien|hrv", "SK": "slovakia|slowakei|svk", "SI": "slovenia|slowenien|svn", "BG": "bulgaria|bulgarien|bgr",
}  # fmt: skip


def zone_of(city: str, country: str) -> str:
    """The IANA zone of a place, or "" where it cannot be told.

    The city decides where it is known and its country does not contradict; else a country that has
    one zone, or nearly. Both are compared without accents and case. Source of countries and zone
    names: the tz database's zone.tab.
    """
    code = country_code(country)
    found = city_zones().get(" ".join(words(city.partition(",")[0])), "") if city else ""
    if found and (not code or code in zone_countries().get(found, {code})):
        return found
    return country_zones().get(code, "") if code else ""


def country_code(country: str) -> str:
    """The two letters of a country given by name or code, or ""."""
    return country_names().get(" ".join(words(country)), "") if country else ""


@cache
def country_names() -> dict[str, str]:
    """Country names and codes, plain, with their two letters."""
    names: dict[str, str] = {}
    for line in tab("iso3166.tab"):
        code, name = line.split("\t")[:2]
        names[" ".join(words(name))] = code
        names[code.lower()] = code
    for code, others in COUNTRIES.items():
        names.update({" ".join(other.split()): code for other in others.split("|")})
    return names


@cache
def zone_lines() -> tuple[tuple[str, str], ...]:
    """Every zone with the country that it lies in."""
    return tuple((line.split("\t")[0], line.split("\t")[2]) for line in tab("zone.tab"))


@cache
def zone_countries() -> dict[str, set[str]]:
    """The countries of a zone."""
    countries: dict[str, set[str]] = {}
    for code, zone in zone_lines():
        countries.setdefault(zone, set()).add(code)
    return countries


@cache
def country_zones() -> dict[str, str]:
    """The zone of each country that has one alone, or one where most people live."""
    zones: dict[str, list[str]] = {}
    for code, zone in zone_lines():
        zones.setdefault(code, []).append(zone)
    return {code: names[0] for code, names in zones.items() if len(names) == 1} | MAIN_ZONES


@cache
def city_zones() -> dict[str, str]:
    """Cities, plain, with their zones: those that a zone is named after, and our own table."""
    cities = {
        " ".join(words(zone.rsplit("/", 1)[1].replace("_", " "))): zone
        for _code, zone in zone_lines()
    }
    for zone, names in CITIES.items():
        cities.update({" ".join(name.split()): zone for name in names.split("|")})
    return cities


def tab(name: str) -> list[str]:
    """The lines of a table of the tz database, without comments."""
    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
