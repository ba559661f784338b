# Where readers of the portal stumbled: which field is meant, the people of the list, other ways to report, a kept place.
portal-family-name-missing = Enter the family name
portal-given-name-missing = Enter the given name
portal-field-mistake = { $field }: { $mistake }
portal-label-field = A word that tells the person apart
portal-ended-portal = Log in to My HER-SYS and report there, or sign up if you are new
portal-person-choice = { $name } ({ $day }, { $temperature })
portal-person-choice-none = { $name } (no report yet)
portal-waiting-kept = Your place is kept. Please enter it again
