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

alert-mail-subject = Échéance atteinte : { $title } ({ $client })
alert-mail-catch-up-subject = { $count ->
    [one] Une alerte est arrivée à échéance
   *[other] { $count } alertes sont arrivées à échéance
}
alert-mail-hello = Bonjour { $name },
alert-mail-due = Une alerte est arrivée à échéance :
alert-mail-catch-up = { $count ->
    [one] Une alerte est arrivée à échéance. La voici, avec son retard :
   *[other] { $count } alertes sont arrivées à échéance. Les voici, avec le retard de chacune :
}
alert-mail-client = Client :
alert-mail-at = Échéance :
alert-mail-when = { $weekday } { $day } { $month } { $year } à { $time } ({ $zone }, { $offset })
alert-mail-elsewhere = Heure de l’alerte :
alert-mail-late = En retard de { $duration }
alert-mail-priority = Priorité :
alert-mail-open = Ouvrir l’alerte :
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
