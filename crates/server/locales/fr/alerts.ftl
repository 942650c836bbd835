alert-priority-low = Basse
alert-priority-normal = Normale
alert-priority-high = Haute
alert-priority-critical = Critique
alert-status-in_progress = En cours
alert-status-due = Échéance atteinte
alert-status-done = Terminé

duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
duration-days = { $days } j { $hours } h
duration-whole-days = { $days } j
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

alert-mail-subject = Échéance atteinte : { $title } ({ $client })
alert-mail-catch-up-subject = { $count ->
    [one] Une alerte est arrivée à échéance
   *[other] { $count } alertes sont arrivées à échéance
}
alert-mail-hello = Bonjour { $name },
alert-mail-due = Une alerte est arrivée à échéance :
alert-mail-catch-up = { $count ->
    [one] Une alerte est arrivée à échéance. La voici, avec son retard :
   *[other] { $count } alertes sont arrivées à échéance. Les voici, avec le retard de chacune :
}
alert-mail-client = Client :
alert-mail-at = Échéance :
alert-mail-when = { $weekday } { $day } { $month } { $year } à { $time } ({ $zone }, { $offset })
alert-mail-elsewhere = Heure de l’alerte :
alert-mail-late = En retard de { $duration }
alert-mail-priority = Priorité :
alert-mail-open = Ouvrir l’alerte :
alert-mail-button = Ouvrir l’alerte
alert-mail-all = Voir toutes les alertes échues
alert-mail-why = Vous recevez ce message parce que vous êtes chargé de cette alerte dans Vigie, ou que personne d’autre ne peut la recevoir.

error-not-a-date = Indiquez une date valable.
error-not-a-time = Indiquez une heure valable.
error-due-in-past = Ce moment est déjà passé.
error-due-too-far = Ce moment est trop lointain.
error-unknown-assignee = Cette personne ne peut pas recevoir d’alerte de ce centre.
error-unknown-client = Ce client n’existe pas, ou vous n’y avez pas accès.
error-no-clients = Choisissez au moins un client.
error-too-many-clients = { $max } clients au plus à la fois.
error-one-target = Donnez un client, ou plusieurs, ou un filtre, mais un seul des trois.
error-alert-done = Cette alerte est déjà terminée.
error-precondition-required = Dites quelle version vous modifiez, avec l’en-tête If-Match.

alerts-title = Alertes
alerts-by-status = Alertes par statut
alerts-breadcrumb = Fil d’Ariane
alerts-search = Titre, client…
alerts-any = Toutes
alerts-from = Échéance à partir du
alerts-to = Échéance jusqu’au
alerts-one-client = Un seul
alerts-batch = Lot
alerts-one-batch = Créées ensemble
alerts-clear = Tout effacer
alerts-choose-clients = Choisir des clients
alerts-none = Aucune alerte
alerts-none-yet = Cochez des clients dans leur liste, puis créez-leur une alerte.
alerts-none-here = Créez la première alerte de ce client.
alerts-none-filtered = Aucune alerte ne correspond à ces filtres.
alerts-tab-open = Ouvertes
alerts-tab-due = Échéance atteinte
alerts-tab-in_progress = En cours
alerts-tab-done = Terminées
alerts-tab-all = Toutes
alert-title = Titre
alert-title-example = Contrat à renouveler
alert-description = Description
alert-date = Date
alert-time = Heure
alert-due = Échéance
alert-client = Client
alert-status = Statut
alert-priority = Priorité
alert-assignee = Responsable
alert-assignee-help = Sans responsable, c’est à vous que l’alerte sera envoyée.
alert-author = Créée par
alert-created = Créée le
alert-timezone = Fuseau horaire
alert-nobody = Personne
alert-new = Nouvelle alerte
alert-edit = Modifier l’alerte
alert-edit-short = Modifier
alert-for = Pour { $name }
alert-for-many = { $count ->
    [0] Aucun client choisi
    [one] Pour un client
   *[other] Pour { $count } clients
}
alert-zone = Heure de { $zone }
alert-there = soit { $time }
alert-quick = Raccourci
alert-quick-none = Date et heure ci-dessus
alert-quick-hour = Dans 1 heure
alert-quick-evening = Ce soir à 18:00
alert-quick-tomorrow = Demain à 09:00
alert-quick-monday = Lundi à 09:00
alert-quick-week = Dans 1 semaine
alert-snooze = Reporter
alert-complete = Terminer
alert-reopen = Rouvrir
alert-acknowledge = Je m’en occupe
alert-remove = Supprimer
alert-create = Créer l’alerte
alert-save = Enregistrer
alert-cancel = Annuler
alert-leave = Quitter sans enregistrer cette alerte ?
alert-due-since = depuis { $duration }
alert-acknowledged-on = Prise en charge
alert-completed-on = Terminée
alert-notices = Envois
alert-no-notices = Personne à prévenir.
alert-notice-to = Destinataire
alert-notice-when = Quand
alert-notice-attempts = Essais
alert-notice-planned = Prévu
alert-notice-sent = Envoyé
alert-notice-cancelled = Annulé
alert-notice-given_up = Abandonné
alert-history = Historique
alert-scheduled = Alerte créée : { $title }
alert-batch-made = { $count ->
    [one] Une alerte créée
   *[other] { $count } alertes créées
}
alert-batch-removed = { $count ->
    [one] Une alerte retirée
   *[other] { $count } alertes retirées
}
alert-batch-partly-removed = Alertes retirées : { $count }. Modifiées entre-temps et laissées : { $name }.
alert-saved = Alerte enregistrée : { $title }
alert-completed = Alerte terminée : { $title }
alert-reopened = Alerte rouverte : { $title }
alert-acknowledged = Vous vous occupez de : { $title }
alert-removed = Alerte supprimée : { $title }
alert-restored = Alerte rétablie : { $title }
alert-snoozed = { $title } : reportée à { $when }
alert-unsnoozed = Échéance rétablie : { $title }
alert-event-to = à { $name }
alert-event-nobody = personne à prévenir
alert-event-description = Description modifiée
alert-event-change = { $label } : { $before } → { $after }
alerts-anyone = Tous
