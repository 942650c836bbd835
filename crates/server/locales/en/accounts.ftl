field-email = Email
field-password = Password
sign-in-title = Sign in
sign-in-heading = Welcome to Vigie
sign-in-lead = Watch over your clients.
sign-in-remember = Stay signed in
sign-in-forgotten = Forgotten password?
sign-in-button = Sign in
sign-in-wrong = Wrong email or password.
sign-in-wait-seconds = { $count ->
    [one] Too many attempts. Try again in one second.
   *[other] Too many attempts. Try again in { $count } seconds.
}
sign-in-wait-minutes = { $count ->
    [one] Too many attempts. Try again in one minute, or choose a new password.
   *[other] Too many attempts. Try again in { $count } minutes, or choose a new password.
}
