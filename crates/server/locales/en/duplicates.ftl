duplicates-title = Duplicates
duplicates-lead = Records that may be of one client. Homonyms and families that share a phone are not among them.
duplicates-button = Duplicates
duplicates-states = State of duplicates
duplicates-state-open = To review
duplicates-state-dismissed = Dismissed
duplicates-state-merged = Merged
duplicates-first = First record
duplicates-second = Second record
duplicates-score = Likeness
duplicates-reasons = Why
duplicates-found = Found
duplicates-sure = Very likely, { $score }
duplicates-likely = Likely, { $score }
duplicates-possible = Possible, { $score }
duplicates-compare = Compare
duplicates-compare-names = Compare { $first } and { $second }
duplicates-dismiss = Not the same person
duplicates-dismiss-names = Not the same person: { $first } and { $second }
duplicates-dismissed = Noted: these are two different clients.
duplicates-reopen = Review again
duplicates-reopened = The pair is to be reviewed again.
duplicates-suggest = Suggest merging
duplicates-suggested = The merge was suggested to those who decide.
duplicates-none-title = No duplicate to review
duplicates-none-text = Changed records are compared every night; those that look alike will appear here.
duplicates-none-here = Nothing here
duplicates-none-here-text = No pair is in this state.
duplicates-looks-like = { $count ->
    [one] This client looks like one who is already there:
   *[other] This client looks like { $count } who are already there:
}
duplicates-open-existing = Open { $name }
duplicates-create-help = If it is someone else, create them: nothing you typed is lost.
duplicates-create-anyway = Create anyway
duplicate-reason-same-email = same e-mail
duplicate-reason-near-email = nearly the same e-mail
duplicate-reason-same-phone = same phone
duplicate-reason-near-phone = nearly the same phone
duplicate-reason-same-name = same name
duplicate-reason-close-name = similar name
duplicate-reason-given-name = same first name
duplicate-reason-family-name = same last name
duplicate-reason-same-address = same address
duplicate-reason-same-company = same company
duplicate-reason-different-codes = different codes
duplicate-reason-suggested = suggested by a colleague
merge-title = Merge two records
merge-with = Merge with…
merge-pick-title = Merge { $name } with…
merge-pick-lead = Choose the other record of the same person; you then compare the two, field by field.
merge-pick-alike = These records look like it
merge-pick-count = { $count ->
    [one] One record found
   *[other] { $count } records found, the most alike first
}
merge-pick-more = The most alike; refine the search to see others
merge-pick-none-alike-title = No record looks like it
merge-pick-none-alike-text = Look for the other record by its name, its code or its phone.
merge-pick-keys = Arrows to move, Enter to compare.
merge-swap = Keep the other record instead
merge-fields = Choose field by field
merge-field = Field
merge-stays = Record kept
merge-goes = Record absorbed
merge-made-on = created on { $date }
merge-result = Result
merge-same = The same in both records
merge-both = Both
merge-loser-first = Both, those of the absorbed record first
merge-moves = What joins the record kept
merge-moves-nothing = Nothing else hangs on the absorbed record.
merge-moves-alerts = { $count ->
    [one] One alert, with its notices
   *[other] { $count } alerts, with their notices
}
merge-moves-contact-attempts = { $count ->
    [one] One contact attempt
   *[other] { $count } contact attempts
}
merge-moves-consents = { $count ->
    [one] One consent
   *[other] { $count } consents
}
merge-moves-orders = { $count ->
    [one] One order
   *[other] { $count } orders
}
merge-can-be-undone = The merge can be taken back from the history of the record kept.
merge-preview = Preview
merge-do = Merge
merge-done = The two records are now one.
merge-undo = Take the merge back
merge-undone = The merge was taken back: { $name } has their record again.
merge-undone-but = The merge was taken back: { $name } has their record again. { $title }
merge-kept-field = Changed since, the field “{ $field }” stays as it is.
merge-kept-gone = { $count ->
    [one] One thing that was moved is no longer there.
   *[other] { $count } things that were moved are no longer there.
}
merge-kept-order = { $count ->
    [one] One order that came since with their contact is theirs again.
   *[other] { $count } orders that came since with their contact are theirs again.
}
merge-kept-code = The code { $code } is another client’s now.
merge-stale = One of the two records was changed meanwhile. Check your choices, then merge.
merge-not-yours = An owner or a supervisor of your centre decides on the merge.
restoration-title = Restore
restoration-date = The record as it was on
restoration-see = See what would change
restoration-one = Restore
restoration-one-of = Restore what was changed on { $when }
restoration-of-change = Put back what { $name } changed on { $when }.
restoration-of-date = Put the record back to what it was on { $when }.
restoration-fields = What will change
restoration-field = Field
restoration-now = Now
restoration-then = Restored
restoration-later = Changed by { $name } on { $when }
restoration-loses = Some fields were changed again since: restoring them loses those changes too. Untick what should stay.
restoration-nothing = The record is so already: there is nothing to restore.
restoration-back = Back to the history
restoration-do = Restore the ticked fields
restoration-done = The record was restored.
restoration-stale = The record was changed meanwhile. Check, then restore.
restoration-before-creation = This client did not exist yet at that date.
restoration-from-date = Restored to { $when }
restoration-from-change = Taken back
clients-event-client-merged = Record absorbed
clients-event-client-unmerged = Merge taken back
clients-event-client-duplicate-suggested = Merge suggested
clients-event-client-duplicate-dismissed = Duplicate dismissed
clients-event-client-duplicate-reopened = Duplicate to review again
clients-field-merged-into = Merged into
error-client-merged = This record was merged into another.
error-same-client = Choose two different records.
error-other-center = These two clients are not of one centre.
error-duplicate-merged = These two records are merged already.
error-merge-undone = This merge was taken back already.
error-merge-winner-merged = The record kept was merged into another since: take that merge back first.
error-merge-winner-binned = The record kept is in the bin: take it out first.
error-record-unreadable = This old version can no longer be read.
error-history-later-change = These fields were changed again since.
error-before-creation = This client did not exist yet.
event-client-merged = Record absorbed
event-client-unmerged = Merge taken back
event-client-duplicate-suggested = Merge suggested
event-client-duplicate-dismissed = Duplicate dismissed
event-client-duplicate-reopened = Duplicate to review again
operation-alike = { $count } of them like an existing client
outcome-alike = Look like an existing client
