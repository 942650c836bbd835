duplicates-title = Doublons
duplicates-lead = Des fiches qui sont peut-être celles d’un même client. Les homonymes et les familles qui partagent un téléphone n’y sont pas.
duplicates-button = Doublons
duplicates-states = État des doublons
duplicates-state-open = À examiner
duplicates-state-dismissed = Écartés
duplicates-state-merged = Fusionnés
duplicates-first = Première fiche
duplicates-second = Seconde fiche
duplicates-score = Ressemblance
duplicates-reasons = Pourquoi
duplicates-found = Trouvé
duplicates-sure = Très probable, { $score }
duplicates-likely = Probable, { $score }
duplicates-possible = Possible, { $score }
duplicates-compare = Comparer
duplicates-compare-names = Comparer { $first } et { $second }
duplicates-dismiss = Pas la même personne
duplicates-dismiss-names = Pas la même personne : { $first } et { $second }
duplicates-dismissed = Noté : ce sont deux clients différents.
duplicates-reopen = Remettre à examiner
duplicates-reopened = La paire est de nouveau à examiner.
duplicates-suggest = Proposer la fusion
duplicates-suggested = La fusion est proposée à vos responsables.
duplicates-none-title = Aucun doublon à examiner
duplicates-none-text = Les fiches modifiées sont comparées chaque nuit ; ce qui se ressemble apparaîtra ici.
duplicates-none-here = Rien ici
duplicates-none-here-text = Aucune paire n’est dans cet état.
duplicates-looks-like = { $count ->
    [one] Ce client ressemble à une fiche qui existe déjà :
   *[other] Ce client ressemble à { $count } fiches qui existent déjà :
}
duplicates-open-existing = Ouvrir la fiche de { $name }
duplicates-create-help = Si c’est quelqu’un d’autre, créez la fiche : rien n’est perdu.
duplicates-create-anyway = Créer quand même
duplicate-reason-same-email = même e-mail
duplicate-reason-near-email = e-mail presque identique
duplicate-reason-same-phone = même téléphone
duplicate-reason-near-phone = téléphone presque identique
duplicate-reason-same-name = même nom
duplicate-reason-close-name = nom proche
duplicate-reason-given-name = même prénom
duplicate-reason-family-name = même nom de famille
duplicate-reason-same-address = même adresse
duplicate-reason-same-company = même société
duplicate-reason-different-codes = codes différents
duplicate-reason-suggested = proposé par un collègue
merge-title = Fusionner deux fiches
merge-with = Fusionner avec…
merge-pick-title = Fusionner { $name } avec…
merge-pick-lead = Choisissez l’autre fiche de la même personne ; vous comparerez ensuite les deux, champ par champ.
merge-pick-alike = Ces fiches lui ressemblent
merge-pick-count = { $count ->
    [one] Une fiche trouvée
   *[other] { $count } fiches trouvées, les plus ressemblantes d’abord
}
merge-pick-more = Les fiches les plus ressemblantes ; précisez la recherche pour en voir d’autres
merge-pick-none-alike-title = Aucune fiche ne lui ressemble
merge-pick-none-alike-text = Cherchez l’autre fiche par son nom, son code ou son téléphone.
merge-pick-keys = Flèches pour parcourir, Entrée pour comparer.
merge-swap = Garder plutôt l’autre fiche
merge-fields = Choix champ par champ
merge-field = Champ
merge-stays = Fiche gardée
merge-goes = Fiche absorbée
merge-made-on = créée le { $date }
merge-result = Résultat
merge-same = Identique dans les deux fiches
merge-both = Les deux
merge-loser-first = Les deux, ceux de la fiche absorbée d’abord
merge-moves = Ce qui rejoint la fiche gardée
merge-moves-nothing = Rien d’autre n’est attaché à la fiche absorbée.
merge-moves-alerts = { $count ->
    [one] Une alerte, avec ses envois
   *[other] { $count } alertes, avec leurs envois
}
merge-moves-contact-attempts = { $count ->
    [one] Une tentative de contact
   *[other] { $count } tentatives de contact
}
merge-moves-consents = { $count ->
    [one] Un consentement
   *[other] { $count } consentements
}
merge-moves-orders = { $count ->
    [one] Une commande
   *[other] { $count } commandes
}
merge-can-be-undone = La fusion peut être annulée depuis l’historique de la fiche gardée.
merge-preview = Prévisualiser
merge-do = Fusionner
merge-done = Les deux fiches n’en font plus qu’une.
merge-undo = Annuler la fusion
merge-undone = La fusion est annulée : { $name } a de nouveau sa fiche.
merge-undone-but = La fusion est annulée : { $name } a de nouveau sa fiche. { $title }
merge-kept-field = Modifié depuis, le champ « { $field } » reste comme il est.
merge-kept-gone = { $count ->
    [one] Un élément déplacé n’existe plus.
   *[other] { $count } éléments déplacés n’existent plus.
}
merge-kept-order = { $count ->
    [one] Une commande arrivée depuis avec ses coordonnées lui est rendue.
   *[other] { $count } commandes arrivées depuis avec ses coordonnées lui sont rendues.
}
merge-kept-code = Le code { $code } est celui d’un autre client à présent.
merge-stale = Une des deux fiches a été modifiée entre-temps. Vérifiez vos choix, puis fusionnez.
merge-not-yours = Un propriétaire ou un superviseur de votre centre décide de la fusion.
restoration-title = Restaurer
restoration-date = La fiche telle qu’elle était le
restoration-see = Voir ce qui changerait
restoration-one = Restaurer
restoration-one-of = Restaurer ce qui a été modifié le { $when }
restoration-of-change = Remettre ce que { $name } a modifié le { $when } dans l’état d’avant.
restoration-of-date = Remettre la fiche telle qu’elle était le { $when }.
restoration-fields = Ce qui va changer
restoration-field = Champ
restoration-now = Maintenant
restoration-then = Après restauration
restoration-later = Modifié par { $name } le { $when }
restoration-loses = Certains champs ont été modifiés de nouveau depuis : les restaurer efface aussi ces modifications. Décochez ce qui doit rester.
restoration-nothing = La fiche est déjà ainsi : il n’y a rien à restaurer.
restoration-back = Retour à l’historique
restoration-do = Restaurer les champs cochés
restoration-done = La fiche est restaurée.
restoration-stale = La fiche a été modifiée entre-temps. Vérifiez, puis restaurez.
restoration-before-creation = Ce client n’existait pas encore à cette date.
restoration-from-date = Restauré à la date du { $when }
restoration-from-change = Retour en arrière
clients-event-client-merged = Fiche absorbée
clients-event-client-unmerged = Fusion annulée
clients-event-client-duplicate-suggested = Fusion proposée
clients-event-client-duplicate-dismissed = Doublon écarté
clients-event-client-duplicate-reopened = Doublon à revoir
clients-field-merged-into = Fusionné dans
error-client-merged = Cette fiche a été fusionnée avec une autre.
error-same-client = Choisissez deux fiches différentes.
error-other-center = Ces deux clients ne sont pas du même centre.
error-duplicate-merged = Ces deux fiches sont déjà fusionnées.
error-merge-undone = Cette fusion est déjà annulée.
error-merge-winner-merged = La fiche gardée a été fusionnée avec une autre depuis : annulez d’abord cette fusion-là.
error-merge-winner-binned = La fiche gardée est à la corbeille : sortez-la d’abord.
error-record-unreadable = Cette ancienne version ne peut plus être lue.
error-history-later-change = Ces champs ont été modifiés de nouveau depuis.
error-before-creation = Ce client n’existait pas encore.
event-client-merged = Fiche absorbée
event-client-unmerged = Fusion annulée
event-client-duplicate-suggested = Fusion proposée
event-client-duplicate-dismissed = Doublon écarté
event-client-duplicate-reopened = Doublon à revoir
operation-alike = { $count ->
    [one] dont { $count } ressemble à un client existant
   *[other] dont { $count } ressemblent à un client existant
}
outcome-alike = Ressemblent à un client existant
