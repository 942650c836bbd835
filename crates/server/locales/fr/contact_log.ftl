nav-contacts = Contacts
nav-contacts-short = Contacts
key-contact-succes = Noter : client joint (succès)
key-contact-echec = Noter : client injoignable (échec)

contact-buttons = Noter une tentative de contact
contact-notify-succes = Notifier (Succès)
contact-notify-echec = Notifier (Échec)
contact-logged-succes = Tentative enregistrée · Succès, { $name }
contact-logged-echec = Tentative enregistrée · Échec, { $name }
contact-warned-succes = Tentative enregistrée · Succès, { $name }. { $title }
contact-warned-echec = Tentative enregistrée · Échec, { $name }. { $title }
contact-undone = Tentative annulée · { $title }
contact-undo = Annuler cette tentative
contact-channel = Canal
contact-change-channel = Changer le canal de cette tentative
contact-channel-changed = Canal enregistré · { $name }
contact-by = Par quel canal ?
contact-channel-phone = Téléphone
contact-channel-whatsapp = WhatsApp
contact-channel-email = E-mail
contact-channel-sms = SMS
contact-channel-visit = Visite
contact-channel-other = Autre
contact-warned = À vérifier avant d’appeler.
contact-blocked = Appel bloqué par les règles du centre.
contact-see-consents = Voir les consentements
contact-other-way = Noter un contact par un autre canal
contact-reason-opposed = Le client s’est opposé au démarchage.
contact-reason-refused = Le client a refusé d’être démarché : pas d’appel avant le { $when }.
contact-reason-too-many = { $count ->
    [one] Déjà 1 appel en { $days } jours.
   *[other] Déjà { $count } appels en { $days } jours.
}
contact-reason-holiday = Jour férié : { $name }.
contact-reason-outside-hours = Hors des heures d’appel autorisées.
contact-reason-no-consent = Aucun consentement au démarchage n’est enregistré.
contact-best-title = Meilleur moment
contact-best-day = { $day }, { $from }–{ $to } h
contact-best-short = { $day }. { $from }–{ $to } h
contact-best-any = { $from }–{ $to } h
contact-best-figures = { $successes ->
    [one] 1 succès sur { $count } tentatives à ce moment ({ $percent } %).
   *[other] { $successes } succès sur { $count } tentatives à ce moment ({ $percent } %).
}
contact-best-nobody = Personne n’a encore été joint aux heures où l’on peut appeler.
contact-best-not-yet = Pas encore assez de tentatives pour le dire : { $count } sur { $enough }.

contacts-title = Contacts
contacts-history = Historique des contacts
contacts-client = Client
contacts-code = Code
contacts-date = Date
contacts-status = Résultat
contacts-channel = Canal
contacts-agent = Agent
contacts-succes = Succès
contacts-echec = Échec
contacts-search = Nom ou code du client, agent…
contacts-period = Période
contacts-period-today = Aujourd’hui
contacts-period-7d = 7 derniers jours
contacts-period-30d = 30 derniers jours
contacts-period-90d = 90 derniers jours
contacts-from = Du
contacts-to = Au
contacts-one-client = Un client
contacts-none = Aucune tentative de contact
contacts-none-yet = Chaque clic sur « Notifier » dans la fiche d’un client ou dans la liste s’ajoute ici.
contacts-none-here = Utilisez les boutons « Notifier » en haut de la fiche : rien d’autre à saisir.
contacts-none-filtered = Retirez un filtre ou cherchez autrement.
contacts-clear = Voir toutes les tentatives
contacts-choose-client = Choisir un client
contacts-see-all = Voir toutes les tentatives
contacts-figure-attempts = Tentatives
contacts-figure-successes = Succès
contacts-figure-failures = Échecs
contacts-figure-rate = Taux de succès
contacts-percent = { $count } %
contacts-day = Jour
contacts-hour = Heure
contacts-hour-sign = { "\u00A0" }h
contacts-chart = Taux de succès par jour et par heure
contacts-chart-usual = Taux de succès par jour et par heure, 90 derniers jours
contacts-chart-volume = Tentatives par jour et par heure
contacts-chart-client = Taux de succès de ce client par jour et par heure
contacts-chart-search = Taux de succès de la recherche par jour et par heure
contacts-chart-search-usual = Taux de succès de la recherche par jour et par heure, 90 derniers jours
contacts-chart-caption = Pour chaque jour et chaque heure : part de succès, puis nombre de tentatives
contacts-chart-help = Grand chiffre : part de succès. Petit chiffre : nombre de tentatives. Heures du centre ; suit la recherche, l’agent, le canal et la période choisis ; une recherche compte ses 10 000 dernières tentatives.
contacts-chart-volume-help = Nombre de tentatives du résultat choisi. Heures du centre ; suit la recherche et tous les filtres ; une recherche compte ses 10 000 dernières tentatives.
contacts-chart-empty = Aucune tentative sur cette période.
contacts-chart-all = Total
contacts-legend = Légende
contacts-cell = { $day }, { $hour } h : { $percent } % de succès sur { $count ->
    [one] 1 tentative
   *[other] { $count } tentatives
}
contacts-cell-volume = { $day }, { $hour } h : { $count ->
    [one] 1 tentative
   *[other] { $count } tentatives
}
contacts-cell-none = aucune tentative

consents-title = Consentements
consents-none = Aucun consentement, refus ni opposition enregistré.
consent-new = Ajouter
consent-kind = Ce que dit le client
consent-kind-consent = Consentement
consent-kind-refusal = Refus (en cours d’appel)
consent-kind-opposition = Opposition
consent-purpose = Finalité
consent-purpose-canvassing = Démarchage
consent-purpose-newsletter = Lettre d’information
consent-purpose-other = Autre
consent-every-channel = Tous les canaux
consent-source = Source
consent-source-help = D’où vient cette information : formulaire, appel, courrier…
consent-proof = Preuve
consent-proof-help = Le texte accepté, un numéro de document, l’adresse d’un enregistrement…
consent-given-at = Date
consent-given-help = Aujourd’hui si vous laissez vide.
consent-save = Enregistrer
consent-revoke = Retirer
consent-lift = Lever
consent-reason = Motif (facultatif)
consent-confirm = Confirmer
consent-withdrawn = n’a plus cours
consent-withdrawn-on = Terminé le { $when }
consent-recorded-by = { $name }, le { $when }
consent-recorded-consent = Consentement enregistré
consent-recorded-refusal = Refus enregistré
consent-recorded-opposition = Opposition enregistrée
consent-revoked = C’est noté : cette déclaration n’a plus cours.

calling-title = Règles d’appel
calling-lead = Ce qui avertit les agents, ou les arrête, avant d’appeler un client.
calling-mode = Un appel contraire aux règles
calling-mode-off = N’est pas surveillé
calling-mode-off-help = Aucun avertissement
calling-mode-warn = Avertit
calling-mode-warn-help = Le motif s’affiche, le bouton reste utilisable
calling-mode-block = Est bloqué
calling-mode-block-help = Le bouton est désactivé, avec le motif
calling-max = Appels par client en 30 jours
calling-max-help = La loi française en admet 4.
calling-refusal = Jours sans appel après un refus
calling-refusal-help = 60 selon la loi française.
calling-consent = Exiger un consentement enregistré
calling-companies = Appliquer aussi aux clients professionnels (qui ont une société)
calling-hours = Heures d’appel
calling-hours-help = Dans le fuseau du centre ; fermé les jours fériés du centre.
calling-holidays = Modifier les jours fériés
calling-law = Réglages d’origine : articles L.223-1 et D.223-9 du Code de la consommation (du lundi au vendredi, de 10 h à 13 h et de 14 h à 20 h, hors jours fériés ; 4 appels par période de 30 jours ; 60 jours après un refus).
calling-saved = Règles d’appel enregistrées

error-ambiguous-client = Plusieurs centres ont un client de ce code : utilisez son identifiant.
error-undo-too-late = Une tentative ne s’annule que dans les dix secondes.
error-already-revoked = Cette déclaration n’avait déjà plus cours.
error-in-the-future = Cette date est dans le futur.
error-out-of-range = Indiquez un nombre de { $min } à { $max }.
contact-not-logged = Appel non enregistré. { $title }
error-call-blocked-opposed = Appel non enregistré : le client s’est opposé au démarchage.
error-call-blocked-refused = Appel non enregistré : le client a refusé d’être démarché il y a trop peu de temps.
error-call-blocked-too-many = Appel non enregistré : ce client a déjà été appelé autant que les règles du centre le permettent en 30 jours.
error-call-blocked-holiday = Appel non enregistré : c’est un jour férié du centre.
error-call-blocked-outside-hours = Appel non enregistré : hors des heures d’appel autorisées.
error-call-blocked-no-consent = Appel non enregistré : aucun consentement au démarchage n’est enregistré.

event-client-contacted = Tentative de contact
event-client-contact-corrected = Canal d’une tentative corrigé
event-client-contact-undone = Tentative de contact annulée
event-consent-recorded = Consentement, refus ou opposition enregistré
event-consent-revoked = Consentement retiré ou opposition levée
clients-event-client-contacted-echec = Client injoignable
clients-event-client-contact-corrected = Canal du contact corrigé
clients-event-client-contact-undone = Tentative annulée
clients-event-consent-recorded = Consentement, refus ou opposition
clients-event-consent-revoked = Consentement retiré, opposition levée
dashboard-contacts = Contacts, 7 jours
dashboard-reached = { $count } % de succès
