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

alerts-title = Alerts
alerts-by-status = Alerts by status
alerts-breadcrumb = Breadcrumb
alerts-search = Title, client…
alerts-any = Any
alerts-from = Due from
alerts-to = Due until
alerts-one-client = Only one
alerts-batch = Batch
alerts-one-batch = Made together
alerts-clear = Clear all
alerts-choose-clients = Choose clients
alerts-none = No alert
alerts-none-yet = Tick clients in their list, then give them an alert.
alerts-none-here = Create this client’s first alert.
alerts-none-filtered = No alert matches these filters.
alerts-tab-open = Open
alerts-tab-due = Due
alerts-tab-in_progress = In progress
alerts-tab-done = Done
alerts-tab-all = All
alert-title = Title
alert-title-example = Contract to renew
alert-description = Description
alert-date = Date
alert-time = Time
alert-due = Due
alert-client = Client
alert-status = Status
alert-priority = Priority
alert-assignee = Assignee
alert-assignee-help = Without an assignee, the alert is sent to you.
alert-author = Created by
alert-created = Created on
alert-timezone = Time zone
alert-nobody = Nobody
alert-new = New alert
alert-edit = Edit alert
alert-edit-short = Edit
alert-for = For { $name }
alert-for-many = { $count ->
    [0] No client chosen
    [one] For one client
   *[other] For { $count } clients
}
alert-zone = Time in { $zone }
alert-there = that is { $time }
alert-quick = Shortcut
alert-quick-none = Date and time above
alert-quick-hour = In 1 hour
alert-quick-evening = Tonight at 18:00
alert-quick-tomorrow = Tomorrow at 09:00
alert-quick-monday = Monday at 09:00
alert-quick-week = In 1 week
alert-snooze = Snooze
alert-complete = Complete
alert-reopen = Reopen
alert-acknowledge = I am on it
alert-remove = Delete
alert-create = Create alert
alert-save = Save
alert-cancel = Cancel
alert-leave = Leave without saving this alert?
alert-due-since = for { $duration }
alert-acknowledged-on = Acknowledged
alert-completed-on = Completed
alert-notices = Notices
alert-no-notices = Nobody to tell.
alert-notice-to = Recipient
alert-notice-when = When
alert-notice-attempts = Tries
alert-notice-planned = Planned
alert-notice-sent = Sent
alert-notice-cancelled = Cancelled
alert-notice-given_up = Given up
alert-history = History
alert-scheduled = Alert created: { $title }
alert-batch-made = { $count ->
    [one] One alert created
   *[other] { $count } alerts created
}
alert-batch-removed = { $count ->
    [one] One alert withdrawn
   *[other] { $count } alerts withdrawn
}
alert-batch-partly-removed = Alerts withdrawn: { $count }. Changed in the meantime and left: { $name }.
alert-saved = Alert saved: { $title }
alert-completed = Alert completed: { $title }
alert-reopened = Alert reopened: { $title }
alert-acknowledged = You are on it: { $title }
alert-removed = Alert deleted: { $title }
alert-restored = Alert restored: { $title }
alert-snoozed = { $title }: snoozed until { $when }
alert-unsnoozed = Due time restored: { $title }
alert-event-to = to { $name }
alert-event-nobody = nobody to tell
alert-event-description = Description changed
alert-event-change = { $label }: { $before } → { $after }
alerts-anyone = Anyone
