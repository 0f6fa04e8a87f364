"""The columns of a spreadsheet of holders: what each means, and which every file must have."""

from app.core.errors import N_
from app.core.sheets import Column

COLUMNS = (
    Column("holding_id", N_("Your own number of the line. Needed only where nothing else tells two lines apart.")),
    Column("member_number", N_("Number in the register so far; it is kept. Without one, the next number is given.")),
    Column("legal_name", N_("Name of the holder, as the register shows it."), True),
    Column("holder_kind", N_("person, company, association, joint holders, estate, nominee or minor; else person.")),
    Column("registration_number", N_("Number in a public register, of a company or association.")),
    Column("email", N_("E-mail address; without one, letters go by post.")),
    Column("language", N_("Language of letters: en or fr; else en.")),
    Column("street", N_("Street and house number; several lines may be parted by a line break.")),
    Column("postal_code", N_("Postal code.")),
    Column("locality", N_("Town.")),
    Column("region", N_("State, province or region.")),
    Column("country", N_("Country, as two letters, such as FR."), True),
    Column(
        "class_code", N_("Code of the share class. Leave this and the next ones empty for a member without shares.")
    ),
    Column("class_name", N_("Name of the share class, where it does not exist here yet.")),
    Column("shares", N_("How many whole shares of this lot are held now.")),
    Column("price", N_("What one share cost, such as 23.00; 0 for shares given free.")),
    Column("paid", N_("What was paid on the lot so far, such as 115.00; else all of it.")),
    Column("currency", N_("Currency of the price, as three letters, such as USD.")),
    Column("allotted_on", N_("Day of allotment, such as 2019-05-31.")),
    Column("acquired_on", N_("Day on which the shares first came to the holder; else that of the allotment.")),
    Column("certificate_number", N_("Number of the certificate so far; it is kept. Without one, the next is given.")),
    Column(
        "share_numbers", N_("Numbers of the shares, such as 1–100, 201; kept. Else a numbered class gives the next.")
    ),
    Column("basis", N_("How the shares were come by, such as subscription or transfer; else subscription.")),
    Column("entered_on", N_("Day of entry into the register; else the day of the first lot.")),
    Column(
        "ended_on", N_("Day on which the membership ended, if it did; shares still held then stay in the register.")
    ),
)
