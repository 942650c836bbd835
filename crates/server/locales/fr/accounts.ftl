field-email = E-mail
field-password = Mot de passe
sign-in-title = Connexion
sign-in-heading = Bienvenue sur Vigie
sign-in-lead = Veillez sur vos clients.
sign-in-remember = Rester connecté
sign-in-forgotten = Mot de passe oublié ?
sign-in-button = Se connecter
sign-in-wrong = E-mail ou mot de passe incorrect.
sign-in-wait-seconds = { $count ->
    [one] Trop de tentatives. Réessayez dans une seconde.
   *[other] Trop de tentatives. Réessayez dans { $count } secondes.
}
sign-in-wait-minutes = { $count ->
    [one] Trop de tentatives. Réessayez dans une minute, ou choisissez un nouveau mot de passe.
   *[other] Trop de tentatives. Réessayez dans { $count } minutes, ou choisissez un nouveau mot de passe.
}
