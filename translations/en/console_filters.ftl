# Sentences of the console about saved filters, and about the columns of the list.

filter-heading = Saved filters
filter-new = Save this filter
filter-without-search = What you searched for isn’t saved, as it is personal data.
filter-name = Name
filter-name-hint = As it appears in the list. Don’t write patients’ names or numbers.
filter-name-needed = Enter a name
filter-name-long = Enter at most { $most } characters
filter-name-hidden = The name holds an invisible character or a line break. Write it again
filter-name-taken = There is a filter of this name. Choose another name
filter-too-many = You have saved as many filters as you can. Delete one that you don’t use
filter-sharing = Seen by
filter-own = Only me
filter-shared = Everybody at the health centre
filter-save = Save
filter-save-this = Save this filter
filter-all = See and change all
filter-saved = The filter is saved
filter-changed = The filter is changed
filter-deleted = The filter is deleted
filter-none = No filter is saved yet
filter-none-says = Filter the list, then choose “Save this filter”, and it appears here.
filter-conditions = Conditions
filter-by = Saved by
filter-round = Call in turn
filter-change = Change or delete
filter-change-heading = Change a filter
filter-delete = Delete this filter
filter-delete-says = Patients aren’t changed. A filter that everybody sees disappears for the others too.
filter-round-over = Call in turn over a saved filter

columns-heading = Columns of the list
columns-link = Choose columns
columns-says = Your choice counts for your own list only. The name is always shown.
columns-shown = Columns to show
columns-choose = Show these columns
columns-usual = Back to the usual columns

upload-alike = May be the same person
upload-alike-says = New rows with the name and the birth date of somebody under observation, and another ID. If one of the IDs is a mistake, one person would be called twice. Check before you import.
upload-alike-registered = Registered ID
upload-alike-in-list = Name in the list
