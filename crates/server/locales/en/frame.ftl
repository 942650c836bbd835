day-today = today
day-tomorrow = tomorrow
day-yesterday = yesterday
nothing = None
cancel = Cancel
continue = Continue
close = Close
save = Save
loading = Loading…
optional = (optional)
skip-to-content = Skip to content
brand-home = Vigie, home

nav-main = Main navigation
nav-quick = Quick navigation
nav-all = All navigation
nav-more = More
nav-fold = Fold the menu
nav-unfold = Unfold the menu
nav-dashboard = Dashboard
nav-dashboard-short = Home
nav-clients = Clients
nav-clients-short = Clients
nav-alerts = Alerts
nav-alerts-short = Alerts
nav-operations = Operations
nav-operations-short = Operations
nav-journal = Journal
nav-journal-short = Journal
nav-administration = Administration
nav-administration-short = Admin

role-super-admin = Super administrator
role-owner = Owner
role-supervisor = Supervisor
role-agent = Agent
role-technician = Technician
role-client = Client

search-everywhere = General search
live-connecting = Connecting…
live-polling = Delayed
live-expired = Session expired
bell-label = Notifications
bell-due = { $count ->
    [one] { $count } alert to handle
   *[other] { $count } alerts to handle
}
bell-due-help = Their time has come.
bell-empty = Nothing to report for now.
menu-of = Menu of { $name }
menu-theme = Theme
theme-light = Light
theme-dark = Dark
theme-auto = Auto
menu-density = Density
density-comfortable = Roomy
density-dense = Dense
menu-language = Language
menu-shortcuts = Keyboard shortcuts
menu-sign-out = Sign out

toast-see = See
toast-undo = Undo
toast-unanswered = The server did not answer
toast-try-again = what you asked for may not have been done. Check the connection, then try again.
dialog-label = Form

key-rows = Next row, previous row
key-tick = Tick the row
key-enter = Enter
key-open = Open
key-edit = Edit
key-alert = Create an alert
key-palette = Search or act
key-help = This help

palette-label = Search or act
palette-placeholder = Search or act…
palette-results = Results
palette-empty = Nothing matches. Try a name, a phone or an e-mail.
palette-choose = choose
palette-open = open
palette-close = close
palette-on-selection = On the selection
palette-alert-ticked = Create an alert for the ticked rows
palette-create = Create
palette-new-client = New client
palette-go = Go to

form-error-of = { $field }: { $error }
field-title = Title
field-description = Description
field-due-date = Date
field-due-time = Time
field-priority = Priority
field-supervisor-id = Supervisor
field-call-center-id = Centre
field-token-name = Name of the token
field-purpose = Purpose
field-source = Source
field-proof = Proof
form-errors = { $count ->
    [one] One point needs attention
   *[other] { $count } points need attention
}
pages = Pages
page-previous = Previous
page-next = Next
actions = Actions
palette-in-clients = Search “{ $query }” in clients

conflict-who = { $name } saved changes at { $when }, while you were writing.
conflict-help = Nothing is lost: compare, correct what you typed below, then save.
conflict-mine = What you typed
conflict-theirs = Saved meanwhile
conflict-save = Save what I typed
