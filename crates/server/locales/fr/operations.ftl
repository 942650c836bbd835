operations-clients = Clients
operations-breadcrumb = Fil d’Ariane

operations-title = Opérations
operations-lead = Actions groupées et imports : qui, quand, quoi, et le moyen de revenir en arrière.
operations-empty-title = Aucune opération
operations-empty-text = Les actions groupées et les imports apparaîtront ici, avec leur résultat.
operations-empty-action = Voir les clients
operations-what = Opération
operations-who = Par
operations-when = Le
operations-state = État
operations-outcome = Résultat
operations-rows = Lignes
operations-command-line = Ligne de commande

operation-activate = Activation de clients
operation-deactivate = Désactivation de clients
operation-tag = Étiquetage de clients
operation-untag = Retrait d’étiquettes
operation-assign = Attribution de clients
operation-delete = Mise à la corbeille de clients
operation-create-alerts = Création d’alertes
operation-import-clients = Import de clients
operation-import-check = Vérification d’un import
operation-undo = Annuler l’opération
operation-undo-of = Annulation · { $title }

operation-state-draft = Brouillon
operation-state-queued = En attente
operation-state-running = En cours
operation-state-done = Terminée
operation-state-failed = Interrompue
operation-state-undone = Annulée

operation-in-progress = Opération en cours…
operation-progress = { $done } sur { $total }
operation-progress-label = Avancement
operation-may-leave = Vous pouvez quitter cette page : l’opération continue, et la page se met à jour toute seule.
operation-refresh = Actualiser
operation-failed = L’opération s’est arrêtée.
operation-failure-no-longer-allowed = La personne qui l’a demandée n’en a plus le droit. Ce qui était fait est resté.
operation-failure-file-missing = Le fichier n’est plus là. Envoyez-le de nouveau.
operation-failure-gave-up = Elle a échoué plusieurs fois. Ce qui était fait est resté ; un administrateur peut voir l’erreur dans l’administration.
operation-was-undone = Cette opération a été annulée.
operation-see-undo = Voir l’annulation
operation-undoes = Cette opération en annule une autre.
operation-see-undone = Voir l’opération annulée
operation-undo-alerts = Retirer les alertes que cette opération a créées ?
operation-undo-question = Remettre les clients comme ils étaient avant cette opération ?
operation-undo-started = L’annulation a commencé.
operation-to-clients = Voir les clients
operation-to-alerts = Voir les alertes
operation-started = { $count ->
    [one] L’opération a commencé : { $count } client.
   *[other] L’opération a commencé : { $count } clients.
}
operation-created = { $count ->
    [one] { $count } nouveau
   *[other] { $count } nouveaux
}
operation-updated = { $count ->
    [one] { $count } modifié
   *[other] { $count } modifiés
}
operation-unchanged = { $count ->
    [one] { $count } inchangé
   *[other] { $count } inchangés
}
operation-rejected = { $count ->
    [one] { $count } rejeté
   *[other] { $count } rejetés
}
operation-kept = { $count ->
    [one] { $count } laissé tel quel
   *[other] { $count } laissés tels quels
}
operation-kept-changed-since = Modifié depuis : laissé tel quel
operation-kept-code-taken = Son code a été repris par un autre client

outcome-created = Nouveaux
outcome-alerts = Alertes créées
outcome-updated = Modifiés
outcome-unchanged = Inchangés
outcome-rejected = Rejetés
outcome-put-back = Remis en état
outcome-kept = Laissés tels quels

kept-title = Laissés tels quels
kept-client = Client

rejects-title = { $count ->
    [one] { $count } ligne est laissée de côté.
   *[other] { $count } lignes sont laissées de côté.
}
rejects-advice = Corrigez-les dans le fichier, ou importez le reste maintenant.
rejects-download = Télécharger les rejets
rejects-table = Lignes rejetées
rejects-line = Ligne
rejects-field = Champ
rejects-value = Valeur
rejects-reason = Raison

bulk-title-activate = { $count ->
    [one] Activer { $count } client
   *[other] Activer { $count } clients
}
bulk-title-deactivate = { $count ->
    [one] Désactiver { $count } client
   *[other] Désactiver { $count } clients
}
bulk-title-tag = { $count ->
    [one] Étiqueter { $count } client
   *[other] Étiqueter { $count } clients
}
bulk-title-untag = { $count ->
    [one] Retirer des étiquettes à { $count } client
   *[other] Retirer des étiquettes à { $count } clients
}
bulk-title-assign = { $count ->
    [one] Attribuer { $count } client
   *[other] Attribuer { $count } clients
}
bulk-title-delete = { $count ->
    [one] Mettre { $count } client à la corbeille
   *[other] Mettre { $count } clients à la corbeille
}
bulk-title-create-alerts = { $count ->
    [one] Créer une alerte pour { $count } client
   *[other] Créer une alerte pour { $count } clients
}
bulk-concerns = { $count ->
    [one] Cette action concerne { $count } client :
   *[other] Cette action concerne { $count } clients :
}
bulk-names = Clients concernés
bulk-and-others = { $count ->
    [one] et { $count } autre
   *[other] et { $count } autres
}
bulk-unchanged = { $count ->
    [one] { $count } client est déjà dans cet état et ne changera pas.
   *[other] { $count } clients sont déjà dans cet état et ne changeront pas.
}
bulk-none = Aucun client ne correspond plus à cette sélection.
bulk-nothing-ticked = Cochez d’abord des clients.
bulk-tags = Étiquettes
bulk-tags-help = Séparez-les par des virgules.
bulk-assignee = Attribuer à
bulk-nobody = Personne
bulk-undo-note = L’action reste au journal des opérations, où elle peut être annulée.
bulk-cancel = Retour
bulk-go = { $count ->
    [one] Confirmer pour { $count } client
   *[other] Confirmer pour { $count } clients
}

import-title = Importer des clients
import-breadcrumb = Importer
import-steps = Étapes de l’import
import-step-file = Fichier
import-step-columns = Colonnes
import-step-check = Vérification
import-step-import = Import
import-center = Centre
import-drop = Déposez un fichier CSV ou XLSX, ou choisissez-le
import-drop-help = Jusqu’à 50 Mo. La première ligne donne les noms des colonnes.
import-continue = Continuer
import-rules = Une ligne dont le code existe déjà met ce client à jour ; sans code, il faut la même adresse e-mail et le même nom. Un import n’envoie jamais de courrier aux clients, et peut être annulé.
import-columns = Correspondance des colonnes
import-columns-help = Vérifiez ce que contient chaque colonne. Rien n’est encore enregistré.
import-column = Colonne du fichier
import-sample = Exemples
import-field = Champ de Vigie
import-ignore = Ne pas importer
import-back = Autre fichier
import-check = Vérifier à blanc
import-back-to-columns = Changer les colonnes
import-now = { $count ->
    [one] Importer { $count } client
   *[other] Importer { $count } clients
}
import-orders-now = { $count ->
    [one] Importer { $count } commande
   *[other] Importer { $count } commandes
}
import-nothing-to-do = Il n’y a rien à importer dans ce fichier.
import-file-gone = Ce fichier n’est plus là : envoyez-le de nouveau.
import-field-code = Code
import-field-full-name = Nom complet ou société
import-field-first-name = Prénom
import-field-last-name = Nom
import-field-company-name = Société
import-field-email = E-mail
import-field-phone = Téléphone
import-field-address = Adresse
import-field-city = Ville
import-field-country = Pays
import-field-tags = Étiquettes

export-title = Exporter des clients
export-count = { $count ->
    [one] { $count } client, tel que le montre la liste.
   *[other] { $count } clients, tels que les montre la liste.
}
export-format = Format
export-xlsx-help = Pour ouvrir dans un tableur
export-csv-help = Pour un autre logiciel
export-download = Télécharger
export-sheet = Clients
export-code = Code
export-first-name = Prénom
export-last-name = Nom
export-company-name = Société
export-email = E-mail
export-other-emails = Autres e-mails
export-phone = Téléphone
export-other-phones = Autres téléphones
export-address = Adresse
export-city = Ville
export-country = Pays
export-tags = Étiquettes
export-status = Statut
export-assignee = Attribué à
export-last-contact = Dernier contact
export-next-alert = Prochaine alerte
export-created-at = Créé le
export-active = Actif
export-inactive = Inactif

error-operation-still-running = L’opération n’est pas terminée : attendez sa fin pour l’annuler.
error-operation-not-undoable = Il n’y a rien à annuler, ou c’est déjà fait.
error-operation-not-checked = Ce fichier n’a pas été vérifié.
error-operation-moved = Ces clients ont changé entre-temps. Réessayez.
error-operation-unreadable = Cette opération ne peut plus être lue.
error-ids-or-filter = Donnez des clients ou un filtre, pas les deux.
error-unknown-user = Cette personne ne peut pas recevoir de clients.
error-unknown-center = Ce centre n’existe pas.
error-unknown-column = Le fichier n’a pas cette colonne.
error-column-twice = Un même champ est choisi pour deux colonnes.
error-no-name-column = Choisissez au moins une colonne pour le nom, la société ou le code.
error-code-twice = Ce code est déjà sur une ligne précédente du fichier.
error-person-twice = Cette personne (même e-mail, même nom) est déjà sur une ligne précédente du fichier.
error-code-missing-name = Aucun client n’a ce code, et la ligne ne donne pas de nom pour le créer.
error-sheet-unsupported = Ce fichier n’est ni un CSV ni un XLSX. Enregistrez-le dans l’un de ces formats.
error-sheet-empty = Ce fichier est vide.
error-sheet-unreadable = Ce fichier ne peut pas être lu : il est abîmé ou protégé par un mot de passe.
error-sheet-too-many-columns = Ce fichier a trop de colonnes.
error-sheet-too-large = Ce fichier est trop grand une fois ouvert.
error-sheet-row-columns = Nombre de cellules inattendu : { $detail }.
error-sheet-row-quote = Un guillemet n’est pas refermé.
error-sheet-row-bytes = Caractères illisibles (colonne { $detail }).
error-sheet-row-cell-too-long = Texte trop long (colonne { $detail }).
error-sheet-row-cell-error = La cellule contient une erreur de tableur (colonne { $detail }).
error-sheet-row-too-many-rows = Le fichier a trop de lignes : la suite n’est pas lue.
error-sheet-row-unreadable = Le fichier est abîmé à partir d’ici.
