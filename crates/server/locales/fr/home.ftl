dashboard-title = Tableau de bord
dashboard-hello = Bonjour { $name }
dashboard-percent = { $count } %
dashboard-due = Alertes à traiter
dashboard-late = { $count } en retard
dashboard-today = Plus tard aujourd’hui
dashboard-done = Terminées, 7 jours
dashboard-clients = Clients
dashboard-active = { $count } % actifs
dashboard-new-today = { $count } aujourd’hui
dashboard-new = Nouveaux, 7 jours
dashboard-chart = Alertes par jour
dashboard-chart-due = À échéance
dashboard-chart-done = Terminées
dashboard-chart-label = Alertes à échéance et terminées par jour, 14 jours ; le tableau suit.
dashboard-table = Voir le tableau
dashboard-day = Jour
dashboard-to-do = À traiter aujourd’hui
dashboard-all-alerts = Toutes les alertes
dashboard-all-done = Tout est fait
dashboard-all-done-help = Aucune alerte n’attend aujourd’hui.
dashboard-empty = Commençons par vos clients
dashboard-empty-help = Importez votre fichier (CSV ou Excel), ou créez un premier client ; puis donnez-lui une alerte et la bonne personne sera prévenue à l’heure dite.
dashboard-import = Importer des clients
dashboard-invite = Inviter quelqu’un
dashboard-nothing-yet = Rien à faire pour le moment
dashboard-nothing-yet-help = Vos tickets et vos demandes apparaîtront ici.
dashboard-complete = Terminer « { $title } »
dashboard-chart-day = { $day } : { $due } à échéance, { $done ->
    [one] { $done } terminée
   *[other] { $done } terminées
}
