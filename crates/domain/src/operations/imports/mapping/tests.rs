use super::*;

fn guess(headers: &str) -> Vec<&'static str> {
    let headers: Vec<String> = headers.split(';').map(str::to_owned).collect();
    let Mapping(fields) = Mapping::guess(Subject::Clients, &headers);
    fields.into_iter().map(|field| field.map_or("", Field::as_str)).collect()
}

#[test]
fn headers_are_understood_in_both_languages() {
    assert_eq!(guess("client_id;full_name;email;phone"), ["code", "full_name", "email", "phone"]);
    assert_eq!(
        guess(
            "N° client;Prénom;NOM;Société;Tél.;Mobile;E-mail;Adresse;Ville;Pays;Étiquettes;Remarque"
        ),
        [
            "code",
            "first_name",
            "last_name",
            "company_name",
            "phone",
            "phone",
            "email",
            "address",
            "city",
            "country",
            "tags",
            ""
        ]
    );
    assert_eq!(guess("Nom;Téléphone"), ["full_name", "phone"]);
    assert_eq!(guess("Code;ID;Name"), ["code", "", "full_name"]);
}

#[test]
fn headers_of_orders_are_understood_too() {
    let guess = |headers: &str| {
        let headers: Vec<String> = headers.split(';').map(str::to_owned).collect();
        let Mapping(fields) = Mapping::guess(Subject::Orders, &headers);
        fields.into_iter().map(|field| field.map_or("", Field::as_str)).collect::<Vec<_>>()
    };
    assert_eq!(
        guess("order_id;client_name;email;phone"),
        ["number", "client_name", "email", "phone"]
    );
    assert_eq!(
        guess("N° commande;Client;Téléphone;Montant TTC;Devise;Statut;Date;Code client"),
        [
            "number",
            "client_name",
            "phone",
            "price",
            "currency",
            "status",
            "ordered_at",
            "client_code"
        ]
    );
}

#[test]
fn wishes_go_before_guesses() {
    let headers = ["Code".to_owned(), "Ref interne".to_owned(), "Nom".to_owned()];
    let wish = |header: &str, field: &str| (header.to_owned(), Some(field.to_owned()));
    let mapping =
        Mapping::with(Subject::Clients, &headers, &[wish("Ref interne", "code")].into()).unwrap();
    assert_eq!(mapping.0, [None, Some(Field::Code), Some(Field::FullName)]);
    assert!(Mapping::with(Subject::Clients, &headers, &[wish("Absent", "code")].into()).is_err());
    assert!(Mapping::with(Subject::Clients, &headers, &[wish("Nom", "nickname")].into()).is_err());
}
