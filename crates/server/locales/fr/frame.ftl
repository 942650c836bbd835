day-today = aujourd’hui
day-tomorrow = demain
day-yesterday = hier
nothing = Aucun
cancel = Annuler
continue = Continuer
close = Fermer
save = Enregistrer
loading = Chargement…
optional = (facultatif)
skip-to-content = Aller au contenu
brand-home = Vigie, accueil

nav-main = Navigation principale
nav-quick = Navigation rapide
nav-all = Toute la navigation
nav-more = Plus
nav-fold = Réduire le menu
nav-unfold = Déplier le menu
nav-dashboard = Tableau de bord
nav-dashboard-short = Accueil
nav-clients = Clients
nav-clients-short = Clients
nav-alerts = Alertes
nav-alerts-short = Alertes
nav-operations = Opérations
nav-operations-short = Opérations
nav-journal = Journal
nav-journal-short = Journal
nav-administration = Administration
nav-administration-short = Admin

role-super-admin = Super-administrateur
role-owner = Propriétaire
role-supervisor = Superviseur
role-agent = Agent
role-technician = Technicien
role-client = Client

search-everywhere = Recherche générale
live-connecting = Connexion…
live-polling = Différé
live-expired = Session expirée
bell-label = Notifications
bell-due = { $count ->
    [one] { $count } alerte à traiter
   *[other] { $count } alertes à traiter
}
bell-due-help = Leur heure est venue.
bell-empty = Rien à signaler pour le moment.
menu-of = Menu de { $name }
menu-theme = Thème
theme-light = Clair
theme-dark = Sombre
theme-auto = Auto
menu-density = Densité
density-comfortable = Aérée
density-dense = Dense
menu-language = Langue
menu-shortcuts = Raccourcis clavier
menu-sign-out = Se déconnecter

toast-see = Voir
toast-undo = Annuler
toast-unanswered = Pas de réponse du serveur
toast-try-again = ce que vous avez demandé n’est peut-être pas fait. Vérifiez la connexion, puis réessayez.
dialog-label = Formulaire

key-rows = Ligne suivante, précédente
key-tick = Cocher la ligne
key-enter = Entrée
key-open = Ouvrir
key-edit = Modifier
key-alert = Créer une alerte
key-palette = Rechercher ou agir
key-help = Cette aide

palette-label = Rechercher ou agir
palette-placeholder = Rechercher ou agir…
palette-results = Résultats
palette-empty = Rien ne correspond. Essayez un nom, un téléphone ou un e-mail.
palette-choose = choisir
palette-open = ouvrir
palette-close = fermer
palette-on-selection = Sur la sélection
palette-alert-ticked = Créer une alerte pour les lignes cochées
palette-create = Créer
palette-new-client = Nouveau client
palette-go = Aller à

form-error-of = { $field } : { $error }
field-title = Titre
field-description = Description
field-due-date = Date
field-due-time = Heure
field-priority = Priorité
field-supervisor-id = Superviseur
field-call-center-id = Centre
field-token-name = Nom du jeton
field-purpose = Finalité
field-source = Source
field-proof = Preuve
form-errors = { $count ->
    [one] Un point est à corriger
   *[other] { $count } points sont à corriger
}
pages = Pages
page-previous = Précédents
page-next = Suivants
actions = Actions
palette-in-clients = Chercher « { $query } » dans les clients

conflict-who = { $name } a enregistré des changements à { $when }, pendant que vous écriviez.
conflict-help = Rien n’est perdu : comparez, corrigez votre saisie ci-dessous, puis enregistrez.
conflict-mine = Votre saisie
conflict-theirs = Enregistré entre-temps
conflict-save = Enregistrer ma saisie
