alert-priority-low = Low
alert-priority-normal = Normal
alert-priority-high = High
alert-priority-critical = Critical
alert-status-in_progress = In progress
alert-status-due = Due
alert-status-done = Done

duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
duration-days = { $days } d { $hours } h
duration-whole-days = { $days } d
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

alert-mail-subject = Due: { $title } ({ $client })
alert-mail-catch-up-subject = { $count ->
    [one] One alert is due
   *[other] { $count } alerts are due
}
alert-mail-hello = Hello { $name },
alert-mail-due = An alert is due:
alert-mail-catch-up = { $count ->
    [one] One alert came due. Here it is, and how late it is:
   *[other] { $count } alerts came due. Here they are, and how late each is:
}
alert-mail-client = Client:
alert-mail-at = Due:
alert-mail-when = { $weekday } { $day } { $month } { $year } at { $time } ({ $zone }, { $offset })
alert-mail-elsewhere = Time of the alert:
alert-mail-late = { $duration } late
alert-mail-priority = Priority:
alert-mail-open = Open the alert:
alert-mail-button = Open the alert
alert-mail-all = See all due alerts
alert-mail-why = You receive this message because this alert is yours in Vigie, or because nobody else can receive it.

error-not-a-date = Give a valid date.
error-not-a-time = Give a valid time.
error-due-in-past = This moment has already passed.
error-due-too-far = This moment is too far away.
error-unknown-assignee = This person cannot be given an alert of this centre.
error-unknown-client = This client does not exist, or you may not see it.
error-no-clients = Choose at least one client.
error-too-many-clients = At most { $max } clients at once.
error-one-target = Give one client, or several, or a filter, but only one of the three.
error-alert-done = This alert is already done.
error-precondition-required = Say which version you change, with the If-Match header.
