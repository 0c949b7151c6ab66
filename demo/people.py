"""Made-up people: names and addresses that belong to nobody (reserved domains)."""

_FIRST = tuple(
    "Anna Ben Clara David Elif Finn Greta Hannes Ida Jonas Katja Lars Mia Noah Olga Paul Rosa Vera "  # noqa: SIM905
    "Willi Yara Zoe Amelie Bruno Carla Deniz Emma Felix Helga Igor Jana Karl Lea Nina Oskar Pia Sofia Theo".split()
)
_LAST = tuple(
    "Albrecht Bauer Demir Ebert Fischer Graf Hoffmann Iversen Jansen Keller Lorenz Maier Novak Otto "  # noqa: SIM905
    "Richter Schmitt Thomsen Ulrich Vogel Wagner Yilmaz Zimmer Arnold Brandt Castro Dietz Engel Günther Horn".split()
)
_CITIES = ("Berlin", "Hamburg", "Köln", "Leipzig", "Wien", "Dresden", "Kiel", "Münster", "Graz", "Mainz", "Jena")
_STREETS = ("Lindenallee", "Hafenstraße", "Am Markt", "Gartenweg", "Bahnhofstraße", "Ringstraße", "Seeblick")


def name(person: int) -> str:
    """First and last name of a customer or agent number."""
    mixed = person * 2654435761 >> 7
    return f"{_FIRST[mixed % len(_FIRST)]} {_LAST[mixed // 64 % len(_LAST)]}"


def email(person: int) -> str:
    """E-mail address of a customer number; unique."""
    return f"customer{person}@example.{('com', 'org', 'net')[person % 3]}"


def phone(person: int) -> str:
    """Phone number of a customer number, in a range kept for fiction."""
    return f"+49 30 23125{person % 1000:03d}"


def address(person: int) -> tuple[str, str, str, str]:
    """Street and number, city, postcode, country code of a customer number."""
    mixed = person * 40503 >> 4
    city = mixed % len(_CITIES)
    street = f"{_STREETS[mixed // 16 % len(_STREETS)]} {mixed // 128 % 90 + 1}"
    return street, _CITIES[city], f"{10115 + mixed % 80000}", "AT" if _CITIES[city] in ("Wien", "Graz") else "DE"
