//! What a column of a file can be, and the headers that say so.

use serde::{Deserialize, Serialize};

use crate::operations::Kind;

/// What a file is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Clients.
    #[default]
    Clients,
    /// Orders.
    Orders,
}

impl Subject {
    /// The kind of operation that imports it.
    pub fn kind(self) -> Kind {
        match self {
            Self::Clients => Kind::ImportClients,
            Self::Orders => Kind::ImportOrders,
        }
    }

    /// The subject of that kind of import.
    pub fn of(kind: Kind) -> Option<Self> {
        [Self::Clients, Self::Orders].into_iter().find(|subject| subject.kind() == kind)
    }

    /// What its columns can be, in the order a person is offered them.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Clients => &Field::OF_CLIENTS,
            Self::Orders => &Field::OF_ORDERS,
        }
    }
}

/// A field of a client or an order that a column can fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The client's code in the file's system.
    Code,
    /// First and last name in one, or a company's.
    FullName,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The company.
    CompanyName,
    /// E-mail addresses, the first one primary.
    Email,
    /// Phones, the first one primary.
    Phone,
    /// The address.
    Address,
    /// The city.
    City,
    /// The country.
    Country,
    /// Tags, separated by commas or semicolons.
    Tags,
    /// The order's number.
    Number,
    /// The name on an order.
    ClientName,
    /// The code of the client whose an order is.
    ClientCode,
    /// The price of an order.
    Price,
    /// The currency of the price.
    Currency,
    /// What became of an order.
    Status,
    /// When an order was made.
    OrderedAt,
}

impl Field {
    /// Those of a client, in the order a person is offered them.
    const OF_CLIENTS: [Self; 11] = [
        Self::Code,
        Self::FullName,
        Self::FirstName,
        Self::LastName,
        Self::CompanyName,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::City,
        Self::Country,
        Self::Tags,
    ];

    /// Those of an order.
    const OF_ORDERS: [Self; 9] = [
        Self::Number,
        Self::ClientName,
        Self::Email,
        Self::Phone,
        Self::Price,
        Self::Currency,
        Self::Status,
        Self::OrderedAt,
        Self::ClientCode,
    ];

    /// The name in the API, the command line and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::FullName => "full_name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::CompanyName => "company_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::City => "city",
            Self::Country => "country",
            Self::Tags => "tags",
            Self::Number => "number",
            Self::ClientName => "client_name",
            Self::ClientCode => "client_code",
            Self::Price => "price",
            Self::Currency => "currency",
            Self::Status => "status",
            Self::OrderedAt => "ordered_at",
        }
    }

    /// The field of that name.
    pub fn parse(name: &str) -> Option<Self> {
        let all = Self::OF_CLIENTS.into_iter().chain(Self::OF_ORDERS);
        all.into_iter().find(|field| field.as_str() == name)
    }

    /// Whether several columns may fill it.
    pub(super) fn takes_many(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::Address | Self::Tags)
    }

    /// Folded headers that mean it.
    pub(super) fn synonyms(self) -> &'static [&'static str] {
        match self {
            Self::Code => &[
                "code",
                "client id",
                "id client",
                "code client",
                "customer id",
                "id",
                "reference",
                "ref",
                "ref client",
                "reference client",
                "numero client",
                "num client",
                "n client",
                "no client",
                "client code",
                "customer code",
                "external id",
                "identifiant",
                "code ext",
                "matricule",
                "customer number",
                "client number",
                "account number",
            ],
            Self::FullName => &[
                "full name",
                "fullname",
                "nom complet",
                "nom et prenom",
                "nom prenom",
                "prenom et nom",
                "prenom nom",
                "nom prenoms",
                "nom et prenoms",
                "name",
                "client",
                "client name",
                "customer",
                "customer name",
                "nom client",
                "nom du client",
                "contact",
                "nom contact",
                "contact name",
                "display name",
                "nom et prenom s",
            ],
            Self::FirstName => &[
                "first name",
                "firstname",
                "prenom",
                "prenoms",
                "given name",
                "forename",
                "prenom s",
            ],
            Self::LastName => &[
                "last name",
                "lastname",
                "nom",
                "nom de famille",
                "surname",
                "family name",
                "nom famille",
            ],
            Self::CompanyName => &[
                "company name",
                "company",
                "societe",
                "entreprise",
                "raison sociale",
                "organisation",
                "organization",
                "business",
                "business name",
                "nom societe",
                "nom de la societe",
                "nom entreprise",
                "etablissement",
                "structure",
                "enseigne",
            ],
            Self::Email => &[
                "email",
                "e mail",
                "mail",
                "courriel",
                "adresse mail",
                "adresse email",
                "adresse e mail",
                "email address",
                "e mail address",
                "mel",
                "email 1",
                "email 2",
                "e mail 2",
                "autres e mails",
                "other e mails",
                "other emails",
                "autre email",
                "autre e mail",
                "email principal",
                "email secondaire",
                "autres emails",
                "adresse electronique",
            ],
            Self::Phone => &[
                "phone",
                "telephone",
                "tel",
                "phone number",
                "numero de telephone",
                "numero telephone",
                "mobile",
                "portable",
                "tel mobile",
                "tel portable",
                "telephone mobile",
                "telephone portable",
                "cell",
                "cellphone",
                "cell phone",
                "mobile phone",
                "gsm",
                "tel fixe",
                "telephone fixe",
                "fixe",
                "landline",
                "whatsapp",
                "telephone 1",
                "telephone 2",
                "tel 1",
                "tel 2",
                "phone 1",
                "phone 2",
                "autres telephones",
                "other phones",
                "numero",
                "contact telephonique",
                "cellulaire",
                "autre telephone",
                "telephone principal",
                "home phone",
                "work phone",
            ],
            Self::Address => &[
                "address",
                "adresse",
                "rue",
                "street",
                "adresse postale",
                "adresse 1",
                "adresse 2",
                "address 1",
                "address 2",
                "address line 1",
                "address line 2",
                "street address",
                "complement d adresse",
                "postal address",
            ],
            Self::City => &["city", "ville", "town", "commune", "localite"],
            Self::Country => &["country", "pays", "code pays", "country code"],
            Self::Tags => &[
                "tags",
                "tag",
                "etiquettes",
                "etiquette",
                "labels",
                "label",
                "categories",
                "categorie",
                "category",
                "groupe",
                "group",
                "groups",
                "groupes",
            ],
            Self::Number => &[
                "number",
                "order id",
                "order number",
                "order",
                "commande",
                "id",
                "numero",
                "numero de commande",
                "numero commande",
                "num commande",
                "n commande",
                "no commande",
                "id commande",
                "reference",
                "ref",
                "reference commande",
                "ref commande",
                "reference de la commande",
                "order ref",
                "order reference",
                "order no",
                "code",
            ],
            Self::ClientName => &[
                "client name",
                "client",
                "customer name",
                "customer",
                "name",
                "full name",
                "fullname",
                "nom",
                "nom client",
                "nom du client",
                "nom complet",
                "nom et prenom",
                "nom prenom",
                "prenom nom",
                "prenom et nom",
                "destinataire",
                "recipient",
                "acheteur",
                "buyer",
                "contact",
            ],
            Self::ClientCode => &[
                "client code",
                "client id",
                "id client",
                "code client",
                "customer id",
                "customer code",
                "reference client",
                "ref client",
                "numero client",
                "n client",
            ],
            Self::Price => &[
                "price",
                "prix",
                "amount",
                "montant",
                "total",
                "montant total",
                "total amount",
                "prix total",
                "total price",
                "montant ttc",
                "total ttc",
                "ttc",
                "valeur",
                "order total",
                "order amount",
                "total commande",
                "montant commande",
                "somme",
            ],
            Self::Currency => &["currency", "devise", "monnaie", "code devise", "currency code"],
            Self::Status => &[
                "status",
                "statut",
                "etat",
                "state",
                "order status",
                "statut commande",
                "etat commande",
                "statut de la commande",
            ],
            Self::OrderedAt => &[
                "date",
                "ordered at",
                "order date",
                "date commande",
                "date de commande",
                "date de la commande",
                "created at",
                "creation",
                "date de creation",
                "ordered on",
                "passee le",
                "created",
                "cree le",
            ],
        }
    }
}
