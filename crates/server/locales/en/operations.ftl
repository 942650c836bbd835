operations-clients = Clients
operations-breadcrumb = Breadcrumb

operations-title = Operations
operations-lead = Bulk actions and imports: who, when, what, and the way back.
operations-empty-title = No operation yet
operations-empty-text = Bulk actions and imports will appear here with their outcome.
operations-empty-action = See the clients
operations-what = Operation
operations-who = By
operations-when = On
operations-state = State
operations-outcome = Outcome
operations-rows = Rows
operations-command-line = Command line

operation-activate = Activation of clients
operation-deactivate = Deactivation of clients
operation-tag = Tagging of clients
operation-untag = Removal of tags
operation-assign = Assignment of clients
operation-delete = Clients moved to the bin
operation-create-alerts = Creation of alerts
operation-import-clients = Import of clients
operation-import-check = Check of an import
operation-undo = Undo the operation
operation-undo-of = Undo · { $title }

operation-state-draft = Draft
operation-state-queued = Waiting
operation-state-running = Running
operation-state-done = Done
operation-state-failed = Stopped
operation-state-undone = Undone

operation-in-progress = In progress…
operation-progress = { $done } of { $total }
operation-progress-label = Progress
operation-may-leave = You may leave this page: the operation goes on, and the page refreshes by itself.
operation-refresh = Refresh
operation-failed = The operation stopped.
operation-failure-no-longer-allowed = Whoever asked for it may no longer do it. What was done stayed done.
operation-failure-file-missing = The file is gone. Send it again.
operation-failure-gave-up = It failed several times. What was done stayed done; an administrator can see the error in the administration.
operation-was-undone = This operation was undone.
operation-see-undo = See the undo
operation-undoes = This operation undoes another one.
operation-see-undone = See what it undoes
operation-undo-alerts = Remove the alerts this operation created?
operation-undo-question = Put the clients back as they were before this operation?
operation-undo-started = Undoing has begun.
operation-to-clients = See the clients
operation-to-alerts = See the alerts
operation-started = { $count ->
    [one] The operation has begun: { $count } client.
   *[other] The operation has begun: { $count } clients.
}
operation-created = { $count } new
operation-updated = { $count } changed
operation-unchanged = { $count } unchanged
operation-rejected = { $count } rejected
operation-kept = { $count } left alone
operation-kept-changed-since = Changed since: left alone
operation-kept-code-taken = Another client has its code now

outcome-created = New
outcome-alerts = Alerts created
outcome-updated = Changed
outcome-unchanged = Unchanged
outcome-rejected = Rejected
outcome-put-back = Put back
outcome-kept = Left alone

kept-title = Left alone
kept-client = Client

rejects-title = { $count ->
    [one] { $count } line is left out.
   *[other] { $count } lines are left out.
}
rejects-advice = Correct them in the file, or import the rest now.
rejects-download = Download the rejects
rejects-table = Rejected lines
rejects-line = Line
rejects-field = Field
rejects-value = Value
rejects-reason = Reason

bulk-title-activate = { $count ->
    [one] Activate { $count } client
   *[other] Activate { $count } clients
}
bulk-title-deactivate = { $count ->
    [one] Deactivate { $count } client
   *[other] Deactivate { $count } clients
}
bulk-title-tag = { $count ->
    [one] Tag { $count } client
   *[other] Tag { $count } clients
}
bulk-title-untag = { $count ->
    [one] Remove tags from { $count } client
   *[other] Remove tags from { $count } clients
}
bulk-title-assign = { $count ->
    [one] Assign { $count } client
   *[other] Assign { $count } clients
}
bulk-title-delete = { $count ->
    [one] Move { $count } client to the bin
   *[other] Move { $count } clients to the bin
}
bulk-title-create-alerts = { $count ->
    [one] Create an alert for { $count } client
   *[other] Create an alert for { $count } clients
}
bulk-concerns = { $count ->
    [one] This concerns { $count } client:
   *[other] This concerns { $count } clients:
}
bulk-names = Clients concerned
bulk-and-others = { $count ->
    [one] and { $count } other
   *[other] and { $count } others
}
bulk-unchanged = { $count ->
    [one] { $count } client already is so and will not change.
   *[other] { $count } clients already are so and will not change.
}
bulk-none = No client matches this selection any more.
bulk-nothing-ticked = Tick some clients first.
bulk-tags = Tags
bulk-tags-help = Separate them by commas.
bulk-assignee = Assign to
bulk-nobody = Nobody
bulk-undo-note = The action stays in the journal of operations, where it can be undone.
bulk-cancel = Back
bulk-go = { $count ->
    [one] Confirm for { $count } client
   *[other] Confirm for { $count } clients
}

import-title = Import clients
import-breadcrumb = Import
import-steps = Steps of the import
import-step-file = File
import-step-columns = Columns
import-step-check = Check
import-step-import = Import
import-center = Centre
import-drop = Drop a CSV or XLSX file here, or choose it
import-drop-help = Up to 50 MB. The first line names the columns.
import-continue = Continue
import-rules = A line whose code exists updates that client; without a code, the e-mail and the name must both be the same. An import never sends mail to clients, and can be undone.
import-columns = What the columns are
import-columns-help = Check what each column holds. Nothing is recorded yet.
import-column = Column of the file
import-sample = Examples
import-field = Field of Vigie
import-ignore = Do not import
import-back = Another file
import-check = Dry run
import-back-to-columns = Change the columns
import-now = { $count ->
    [one] Import { $count } client
   *[other] Import { $count } clients
}
import-orders-now = { $count ->
    [one] Import { $count } order
   *[other] Import { $count } orders
}
import-nothing-to-do = There is nothing to import in this file.
import-file-gone = This file is gone: send it again.
import-field-code = Code
import-field-full-name = Full name or company
import-field-first-name = First name
import-field-last-name = Last name
import-field-company-name = Company
import-field-email = E-mail
import-field-phone = Phone
import-field-address = Address
import-field-city = City
import-field-country = Country
import-field-tags = Tags

export-title = Export clients
export-count = { $count ->
    [one] { $count } client, as the list shows it.
   *[other] { $count } clients, as the list shows them.
}
export-format = Format
export-xlsx-help = To open in a spreadsheet
export-csv-help = For other software
export-download = Download
export-sheet = Clients
export-code = Code
export-first-name = First name
export-last-name = Last name
export-company-name = Company
export-email = E-mail
export-other-emails = Other e-mails
export-phone = Phone
export-other-phones = Other phones
export-address = Address
export-city = City
export-country = Country
export-tags = Tags
export-status = Status
export-assignee = Assigned to
export-last-contact = Last contact
export-next-alert = Next alert
export-created-at = Created on
export-active = Active
export-inactive = Inactive

error-operation-still-running = The operation is not over: wait for its end to undo it.
error-operation-not-undoable = There is nothing to undo, or it is done already.
error-operation-not-checked = This file has not been checked.
error-operation-moved = These clients changed meanwhile. Try again.
error-operation-unreadable = This operation can no longer be read.
error-ids-or-filter = Give clients or a filter, not both.
error-unknown-user = This person cannot be given clients.
error-unknown-center = This centre does not exist.
error-unknown-column = The file has no such column.
error-column-twice = The same field is chosen for two columns.
error-no-name-column = Choose at least a column for the name, the company or the code.
error-code-twice = This code is on an earlier line of the file.
error-person-twice = This person (same e-mail, same name) is on an earlier line of the file.
error-code-missing-name = No client has this code, and the line gives no name to create one.
error-sheet-unsupported = This file is neither CSV nor XLSX. Save it in one of these formats.
error-sheet-empty = This file is empty.
error-sheet-unreadable = This file cannot be read: it is damaged or protected by a password.
error-sheet-too-many-columns = This file has too many columns.
error-sheet-too-large = This file is too large once opened.
error-sheet-row-columns = Unexpected number of cells: { $detail }.
error-sheet-row-quote = A quote is not closed.
error-sheet-row-bytes = Unreadable characters (column { $detail }).
error-sheet-row-cell-too-long = Text too long (column { $detail }).
error-sheet-row-cell-error = The cell holds a spreadsheet error (column { $detail }).
error-sheet-row-too-many-rows = The file has too many rows: the rest is not read.
error-sheet-row-unreadable = The file is damaged from here on.
