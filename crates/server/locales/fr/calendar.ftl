calendar-title = Calendrier
calendar-list = Liste
calendar-subscribe = S’abonner
calendar-search = Chercher dans le calendrier
calendar-view = Vue
calendar-view-month = Mois
calendar-view-week = Semaine
calendar-view-day = Jour
calendar-view-agenda = Agenda
calendar-move = Changer de période
calendar-previous = Période précédente
calendar-next = Période suivante
calendar-today = Aujourd’hui
calendar-month = { $month } { $year }
calendar-period = { $first } – { $last }
calendar-day = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
calendar-hour = { $hour } h
calendar-more = + { $count }
calendar-none = Aucune alerte sur cette période.
calendar-help = Une alerte se déplace en la glissant sur un autre jour, ou avec Maj et les flèches ; l’heure ne change pas. Sans cela, ouvrez-la puis choisissez « Modifier ».
calendar-feed-name = Vigie : alertes
calendar-feed-priority = Priorité : { $name }
alert-moved = { $title } : nouvelle échéance { $when }
alert-moved-by-other = Quelqu’un d’autre vient de modifier « { $title } » : rien n’a été déplacé. Voici où en est l’alerte.
alert-not-moved-to-past = « { $title } » reste à sa place : ce moment est déjà passé.
