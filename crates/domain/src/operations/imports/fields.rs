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
}
