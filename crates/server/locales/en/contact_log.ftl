nav-contacts = Contacts
nav-contacts-short = Contacts
key-contact-succes = Log: client reached (success)
key-contact-echec = Log: client not reached (failure)

contact-buttons = Log a contact attempt
contact-notify-succes = Notify (Success)
contact-notify-echec = Notify (Failure)
contact-logged-succes = Attempt logged · Success, { $name }
contact-logged-echec = Attempt logged · Failure, { $name }
contact-warned-succes = Attempt logged · Success, { $name }. { $title }
contact-warned-echec = Attempt logged · Failure, { $name }. { $title }
contact-undone = Attempt undone · { $title }
contact-undo = Undo this attempt
contact-channel = Channel
contact-change-channel = Change this attempt’s channel
contact-channel-changed = Channel saved · { $name }
contact-by = By which channel?
contact-channel-phone = Phone
contact-channel-whatsapp = WhatsApp
contact-channel-email = E-mail
contact-channel-sms = SMS
contact-channel-visit = Visit
contact-channel-other = Other
contact-warned = Check before you call.
contact-blocked = Calls are blocked by the centre’s rules.
contact-see-consents = See the consents
contact-other-way = Log a contact by another channel
contact-reason-opposed = The client opposed canvassing.
contact-reason-refused = The client refused to be canvassed: no call before { $when }.
contact-reason-too-many = { $count ->
    [one] Already 1 call in { $days } days.
   *[other] Already { $count } calls in { $days } days.
}
contact-reason-holiday = Public holiday: { $name }.
contact-reason-outside-hours = Outside the hours when calls are allowed.
contact-reason-no-consent = No consent to canvassing is on record.
contact-best-title = Best time
contact-best-day = { $day }, { $from }–{ $to } h
contact-best-short = { $day } { $from }–{ $to } h
contact-best-any = { $from }–{ $to } h
contact-best-figures = { $successes ->
    [one] 1 success in { $count } attempts at that time ({ $percent }%).
   *[other] { $successes } successes in { $count } attempts at that time ({ $percent }%).
}
contact-best-nobody = Nobody has been reached yet in the hours when calls are allowed.
contact-best-not-yet = Not enough attempts to tell yet: { $count } of { $enough }.

contacts-title = Contacts
contacts-history = Contact history
contacts-client = Client
contacts-code = Code
contacts-date = Date
contacts-status = Outcome
contacts-channel = Channel
contacts-agent = Agent
contacts-succes = Success
contacts-echec = Failure
contacts-search = Client name or code, agent…
contacts-period = Period
contacts-period-today = Today
contacts-period-7d = Last 7 days
contacts-period-30d = Last 30 days
contacts-period-90d = Last 90 days
contacts-from = From
contacts-to = To
contacts-one-client = One client
contacts-none = No contact attempt
contacts-none-yet = Each click on “Notify” on a client’s page or in the list adds a line here.
contacts-none-here = Use the “Notify” buttons at the top of the page: nothing else to type.
contacts-none-filtered = Remove a filter or search otherwise.
contacts-clear = See all attempts
contacts-choose-client = Choose a client
contacts-see-all = See all attempts
contacts-figure-attempts = Attempts
contacts-figure-successes = Successes
contacts-figure-failures = Failures
contacts-figure-rate = Success rate
contacts-percent = { $count }%
contacts-day = Day
contacts-hour = Hour
contacts-hour-sign = { "\u00A0" }h
contacts-chart = Success rate by day and hour
contacts-chart-usual = Success rate by day and hour, last 90 days
contacts-chart-volume = Attempts by day and hour
contacts-chart-client = This client’s success rate by day and hour
contacts-chart-search = Success rate of the search by day and hour
contacts-chart-search-usual = Success rate of the search by day and hour, last 90 days
contacts-chart-caption = For each day and hour: share of successes, then number of attempts
contacts-chart-help = Large figure: share of successes. Small figure: number of attempts. Hours of the centre; follows the search, agent, channel and period chosen; a search counts its latest 10,000 attempts.
contacts-chart-volume-help = How many attempts had the chosen result. Hours of the centre; follows the search and every filter; a search counts its latest 10,000 attempts.
contacts-chart-empty = No attempt in this period.
contacts-chart-all = Total
contacts-legend = Legend
contacts-cell = { $day }, { $hour } h: { $percent }% success in { $count ->
    [one] 1 attempt
   *[other] { $count } attempts
}
contacts-cell-volume = { $day }, { $hour } h: { $count ->
    [one] 1 attempt
   *[other] { $count } attempts
}
contacts-cell-none = no attempt

consents-title = Consents
consents-none = No consent, refusal or opposition on record.
consent-new = Add
consent-kind = What the client says
consent-kind-consent = Consent
consent-kind-refusal = Refusal (during a call)
consent-kind-opposition = Opposition
consent-purpose = Purpose
consent-purpose-canvassing = Canvassing
consent-purpose-newsletter = Newsletter
consent-purpose-other = Other
consent-every-channel = Every channel
consent-source = Source
consent-source-help = Where this comes from: form, call, letter…
consent-proof = Proof
consent-proof-help = The words agreed to, a document’s number, the address of a recording…
consent-given-at = Date
consent-given-help = Today if left empty.
consent-save = Save
consent-revoke = Withdraw
consent-lift = Lift
consent-reason = Reason (optional)
consent-confirm = Confirm
consent-withdrawn = no longer valid
consent-withdrawn-on = Ended on { $when }
consent-recorded-by = { $name }, on { $when }
consent-recorded-consent = Consent recorded
consent-recorded-refusal = Refusal recorded
consent-recorded-opposition = Opposition recorded
consent-revoked = Noted: this statement is no longer valid.

calling-title = Calling rules
calling-lead = What warns agents, or stops them, before they call a client.
calling-mode = A call against the rules
calling-mode-off = Is not watched
calling-mode-off-help = No warning
calling-mode-warn = Warns
calling-mode-warn-help = The reason shows, the button still works
calling-mode-block = Is blocked
calling-mode-block-help = The button is disabled, with the reason
calling-max = Calls per client in 30 days
calling-max-help = French law allows 4.
calling-refusal = Days without a call after a refusal
calling-refusal-help = 60 by French law.
calling-consent = Require a recorded consent
calling-companies = Apply to business clients too (those with a company)
calling-hours = Calling hours
calling-hours-help = In the centre’s time zone; closed on the centre’s holidays.
calling-holidays = Edit the holidays
calling-law = Original settings: articles L.223-1 and D.223-9 of the French Code de la consommation (Monday to Friday, 10:00–13:00 and 14:00–20:00, except holidays; 4 calls per 30 days; 60 days after a refusal).
calling-saved = Calling rules saved

error-ambiguous-client = Several centres have a client of this code: use their id.
error-undo-too-late = An attempt can only be undone within ten seconds.
error-already-revoked = This statement was no longer valid already.
error-in-the-future = This date is in the future.
error-out-of-range = Give a number from { $min } to { $max }.
contact-not-logged = Call not logged. { $title }
error-call-blocked-opposed = Call not logged: the client opposed canvassing.
error-call-blocked-refused = Call not logged: the client refused to be canvassed too short a while ago.
error-call-blocked-too-many = Call not logged: this client was called as often as the centre’s rules allow in 30 days.
error-call-blocked-holiday = Call not logged: it is a holiday of the centre.
error-call-blocked-outside-hours = Call not logged: outside the hours when calls are allowed.
error-call-blocked-no-consent = Call not logged: no consent to canvassing is on record.

event-client-contacted = Contact attempt
event-client-contact-corrected = Attempt’s channel corrected
event-client-contact-undone = Contact attempt undone
event-consent-recorded = Consent, refusal or opposition recorded
event-consent-revoked = Consent withdrawn or opposition lifted
clients-event-client-contacted-echec = Client not reached
clients-event-client-contact-corrected = Contact’s channel corrected
clients-event-client-contact-undone = Attempt undone
clients-event-consent-recorded = Consent, refusal or opposition
clients-event-consent-revoked = Consent withdrawn, opposition lifted
dashboard-contacts = Contacts, 7 days
dashboard-reached = { $count }% success
