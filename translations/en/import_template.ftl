# Importing: the columns that are read with examples, a template, and the list of those who were added.

template-heading = Columns that are read
template-says = The template has the names of the columns alone. In the one for Excel, leading zeros are kept. Other columns do no harm; they aren't read.
template-xlsx = Template (Excel)
template-csv = CSV template
template-column = Column
template-example = Example
template-needed = required
template-hidden-row = hidden row
template-see-added = See the list of those who were added
upload-chip = added by this list
