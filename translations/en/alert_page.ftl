# The page of an alert: the person's recent reports.

alert-recent = Recent reports
alert-recent-none = No report in the last two weeks.
alert-recent-calls = Calls
alert-recent-chart = See the chart of temperature and SpO2
