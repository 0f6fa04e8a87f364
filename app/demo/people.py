"""People of the demonstration: invented supporters with plausible names and addresses, always the same ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.members.persons import Address


@dataclass(frozen=True)
class Supporter:
    """An invented supporter."""

    legal_name: str
    email: str
    language: str
    address: Address


# country, language, locality, region, postal code, streets, given names, family names
_PLACES = [
    ("US", "en", "Oakland", "CA", "94607", "Adeline Street|Mandela Parkway|Chestnut Street", "Maya|Jerome|Lucia|Devon|Priya", "Whitfield|Okafor|Delgado|Nakamura|Brooks"),
    ("US", "en", "Boulder", "CO", "80302", "Pearl Street|Spruce Street|Folsom Street", "Nathan|Danielle|Hannah|Omar|Grace", "Lindqvist|Farrell|Yazzie|Haddad|Sorensen"),
    ("US", "en", "Brooklyn", "NY", "11238", "Vanderbilt Avenue|Dean Street|Lefferts Place", "Trebor|Camille|Isaac|Rosa|Winston", "Adeyemi|Goldfarb|Baptiste|Marchetti|Clarke"),
    ("GB", "en", "Manchester", "", "M1 2JQ", "Dale Street|Hanover Street|Corporation Street", "Imogen|Callum|Aisha|Rhys|Margaret", "Hargreaves|Siddiqui|Pritchard|Ashworth|O’Neill"),
    ("GB", "en", "Bristol", "", "BS5 0AX", "Stapleton Road|Easton Road|Bannerman Road", "Freya|Dominic|Nadia|Gareth|Beatrix", "Penhaligon|Achebe|Thornbury|Vaughan|Mistry"),
    ("FR", "fr", "Lyon", "", "69007", "rue de Marseille|rue Chevreul|avenue Jean-Jaurès", "Camille|Mathieu|Inès|Théo|Solène", "Lefèvre|Benali|Garnier|Moreau|Dufour"),
    ("FR", "fr", "Nantes", "", "44000", "rue de Strasbourg|quai de la Fosse|rue Crébillon", "Gwenaëlle|Baptiste|Aminata|Rémi|Clémence", "Le Goff|Diallo|Rousseau|Guillou|Perrin"),
    ("BE", "fr", "Liège", "", "4000", "rue Saint-Gilles|rue Hors-Château|quai de la Batte", "Élodie|Xavier|Manon|Cédric|Noémie", "Lambert|Dubois|Peeters|Servais|Ndiaye"),
    ("DE", "en", "Berlin", "", "10999", "Oranienstraße|Adalbertstraße|Reichenberger Straße", "Jonas|Miriam|Elif|Sebastian|Friederike", "Köhler|Yıldız|Brandt|Große|Neumann"),
    ("DE", "en", "Leipzig", "", "04177", "Karl-Heine-Straße|Merseburger Straße|Lützner Straße", "Anneke|Tobias|Lena|Paul|Katharina", "Schröder|Winkler|Petrov|Hoffmann|Jäger"),
    ("ES", "en", "Bilbao", "", "48005", "Calle Somera|Calle Tendería|Calle Ronda", "Ainhoa|Iker|Leire|Unai|Maite", "Etxeberria|Goikoetxea|Ruiz|Ibarra|Mendizabal"),
    ("IT", "en", "Bologna", "", "40126", "Via Zamboni|Via del Pratello|Via San Vitale", "Chiara|Lorenzo|Federica|Matteo|Giulia", "Zanetti|Ferrari|Bianchi|Lombardi|Conti"),
    ("NL", "en", "Utrecht", "", "3511 EP", "Oudegracht|Twijnstraat|Voorstraat", "Sanne|Joris|Fatima|Daan|Marijke", "van Dijk|de Boer|El Amrani|Visser|Hendriks"),
    ("SE", "en", "Göteborg", "", "413 04", "Linnégatan|Andra Långgatan|Majorsgatan", "Astrid|Emil|Sara|Oskar|Ingrid", "Bergström|Lindgren|Ahmed|Nyström|Sjöberg"),
    ("PL", "en", "Kraków", "", "31-056", "ulica Józefa|ulica Dietla|ulica Krakowska", "Agnieszka|Tomasz|Zofia|Michał|Kinga", "Wiśniewska|Kowalczyk|Zając|Dąbrowski|Lis"),
    ("CA", "fr", "Montréal", "QC", "H2T 2S8", "rue Saint-Viateur|avenue du Parc|rue Jeanne-Mance", "Geneviève|Marc-André|Yasmine|Félix|Josée", "Tremblay|Gagnon|Haddad|Bouchard|Lavoie"),
    ("CA", "en", "Vancouver", "BC", "V5T 3C4", "Main Street|East 8th Avenue|Kingsway", "Rebecca|Wei|Tyler|Simran|Joan", "MacLeod|Chan|Sandhu|Friesen|Wong"),
    ("AU", "en", "Melbourne", "VIC", "3056", "Sydney Road|Albert Street|Victoria Street", "Matilda|Lachlan|Thuy|Angus|Bronwyn", "Nguyen|Fitzgerald|Papadopoulos|Hartley|Singh"),
    ("NZ", "en", "Wellington", "", "6011", "Cuba Street|Vivian Street|Ghuznee Street", "Aroha|Hamish|Mere|Liam|Charlotte", "Ngata|McKenzie|Tamihana|Russell|Walker"),
    ("IN", "en", "Bengaluru", "Karnataka", "560038", "100 Feet Road|CMH Road|Double Road", "Ananya|Rahul|Meera|Arjun|Kavitha", "Iyer|Deshpande|Krishnan|Reddy|Bose"),
    ("BR", "en", "Porto Alegre", "RS", "90035-003", "Avenida Osvaldo Aranha|Rua da República|Rua Ramiro Barcelos", "Luana|Thiago|Beatriz|Caio|Renata", "Carvalho|Moraes|Schmitt|Figueiredo|Teixeira"),
    ("KE", "en", "Nairobi", "", "00100", "Ngong Road|Moi Avenue|Kimathi Street", "Wanjiru|Otieno|Achieng|Kamau|Njeri", "Mwangi|Odhiambo|Wambui|Kiptoo|Mutua"),
    ("JP", "en", "Kyoto", "", "604-8005", "Teramachi-dori|Sanjo-dori|Kawaramachi-dori", "Haruka|Kenji|Yuki|Satoshi|Naoko", "Watanabe|Inoue|Hayashi|Mori|Okada"),
    ("CH", "fr", "Lausanne", "", "1005", "rue de Bourg|rue Marterey|avenue de la Gare", "Delphine|Nicolas|Valérie|Yann|Mélanie", "Favre|Rochat|Monnier|Chappuis|Bolomey"),
]  # fmt: skip


def supporters() -> Iterator[Supporter]:
    """Every invented supporter, round the places: 5 names in each of 24 places."""
    for turn in range(5):
        for number, place in enumerate(_PLACES):
            country, language, locality, region, code, streets, given, family = place
            first, last = given.split("|")[turn], family.split("|")[(turn + number) % 5]
            street = streets.split("|")[turn % 3]
            house = 3 + (turn * 37 + number * 11) % 140
            line = (
                f"{street} {house}"
                if country in ("DE", "NL", "SE", "PL", "ES", "IT", "CH", "BE")
                else f"{house} {street}"
            )
            yield Supporter(
                legal_name=f"{first} {last}",
                email=f"{_plain(first)}.{_plain(last)}@example.org",
                language=language,
                address=Address((line,), code, locality, region, country),
            )


def _plain(name: str) -> str:
    from unicodedata import combining, normalize

    letters = normalize("NFKD", name.lower().replace("ß", "ss").replace("ı", "i").replace("ł", "l"))
    return "".join(sign for sign in letters if not combining(sign) and sign.isascii() and sign.isalpha())
