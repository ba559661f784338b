# The health survey on the page of a person in the console.
survey-heading = Health survey
survey-illnesses-short = Medical history
survey-besides-short = Other illnesses, medicines
survey-risks-short = Risk factors
survey-left-out = left out
survey-none-of-these = none of those asked
survey-listed = { $names }
survey-from = answered in the portal
