//! What a caller must know of a topic before its calls, beside what each call says of itself.

use utoipa::openapi::OpenApi;
use utoipa::openapi::tag::TagBuilder;

/// A tag, and what to know.
const TOPICS: [(&str, &str); 3] = [
    (
        "contact log",
        "Every attempt to reach a client: who, when, `succes` or `echec`, by which channel. \
         Recording one takes the result alone; the agent and the instant are added, and `canal` is \
         the one the agent used last unless it is said. The last attempt is the client's \
         `notification_client` and `date_notification` in the same transaction.\n\n\
         `POST /api/clients/{id}/notifier` and `POST /api/notifications` do the same; a client goes \
         by id or by code everywhere here. Within ten seconds its author may undo an attempt \
         (`DELETE`); its channel may be corrected at any time (`PATCH`).\n\n\
         Calls are checked against the calling rules of the client's centre: opposition, a recent \
         refusal, too many calls in 30 days, a holiday, the hours, a missing consent. By the \
         centre's choice a rule warns, or blocks with 409 and the reason; \
         `GET /api/clients/{id}/call-gate` asks beforehand. Consents, refusals and oppositions are \
         kept with source, proof and revocation under `/api/clients/{id}/consents`.\n\n\
         Wrong values are 422 with the field named: an unknown `client`, a `statut` other than \
         `succes` and `echec`.",
    ),
    (
        "duplicates",
        "Pairs of records that may be one person's. They are looked for when a client is made \
         (`possible_duplicates` in the answer), in imports (`result.alike`), and every night among \
         the clients that changed; people suggest others. A pair shares a name and a contact, \
         exactly or nearly; a slip in name, phone and e-mail at once does not hide it. Homonyms and \
         families that share a phone are no pairs.\n\n\
         A dismissed pair comes back only when what it was found on changes. A merge puts one record \
         into another in one transaction with everything that hangs on it, field by field as chosen; \
         the record that went answers 404 with `merged_into`. It is taken back by \
         `POST /api/merges/{id}/undo`: both records are as they were, what was recorded since stays \
         where it belongs, and `kept` says what is not as before.\n\n\
         Everyone who works with clients sees pairs and suggests; owners, supervisors and \
         super_admins dismiss, merge and part: 403 for the others, 404 for what they may not see.",
    ),
    (
        "orders",
        "Orders, and whose they are. They come by `POST /api/orders`, by \
         `POST /api/imports/orders` (a line whose number is known updates that order) or by the \
         command line. Prices are in minor units of their currency: 41250 with EUR is 412.50, with \
         XOF 41 250 francs; half a unit is `money-too-many-decimals`.\n\n\
         **Linking.** An order is compared with the clients of its centre by e-mail (whatever its \
         case), by phone (however it is typed, or a piece of it) and by name (titles, accents, order \
         and slips aside). `link.state` is `linked` when one client alone is sure, `review` when a \
         person must choose, `unlinked` when nobody comes into question. `link.method` is what led \
         there, `link.score` goes from 0 to 100, and `link.reason` says it in the caller's language. \
         A name alone links only where the centre chose so.\n\n\
         It happens as an order arrives, when its name, e-mail or phone change, and when a client is \
         made or changed that it may be of. `PUT /api/orders/{id}/link` says whose it is and is \
         remembered for the same name, e-mail and phone; `DELETE` of it lets the rules decide again. \
         `GET /api/orders/{id}/candidates` gives the clients in question with what agrees. A \
         `client_code` sent with an order links it outright; an unknown one is 422.\n\n\
         **What they make of a client**: `orders`, `total_spent` (confirmed ones), `average_basket`, \
         `last_order_at` and `segment`, by the thresholds of the centre, are brought up to date in \
         the same transaction.\n\n\
         Each link is a fact, `order.linked`, of the order and its client. In a run over more than \
         100,000 orders the first links are told together, with `count`; the orders name that fact, \
         so that their history and their clients' still show it.",
    ),
];

/// Writes the topics into the document.
pub(super) fn complete(document: &mut OpenApi) {
    let tag =
        |(name, text): (&str, &str)| TagBuilder::new().name(name).description(Some(text)).build();
    document.tags.get_or_insert_default().extend(TOPICS.map(tag));
}
