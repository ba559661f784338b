# What the commands about transfers say.

transfer-not-found = There is no such transfer
transfer-no-receiver = The patient can't be offered to this health centre; give the code of another registered one
transfer-released = The observation of this patient has ended
transfer-offered-already = This patient is offered to another health centre; withdraw that first with `kenkocall patients withdraw`
transfer-unknown-reason = A reason is moved, facility, jurisdiction or other
transfer-note-unreadable = The note has a character that can't be used, or more than 1000 characters
transfers-offered = { $id }: offered. Until the other health centre accepts, the present one goes on calling
transfers-accepted = { $id }: accepted. From now on this health centre calls
transfers-declined = { $id }: declined
transfers-withdrawn = { $id }: the offer is withdrawn
transfers-before = { $id }: this was done before
transfers-otherwise = { $id }: something else was decided first: { $state }

help-patients-transfer =
    Offer a patient to another health centre, which accepts or declines. Until then, the present one goes on calling
help-patients-transfer--to = The health centre to which the patient is offered
help-patients-transfer--reason = Why: moved, facility, jurisdiction or other
help-patients-transfer--note = What the other health centre should know before it answers
help-patients-accept = Accept a patient whom another health centre offers. From then on the receiving one calls
help-patients-accept--call-times =
    Call the patient at these times: "09:00;18:00". By default the patient's own times are kept
help-patients-accept--centre-times = Call the patient at the times of the receiving health centre's pattern
help-patients-decline = Decline a patient whom another health centre offers
help-patients-decline--note = Why not. The offering health centre reads it
help-patients-withdraw = Withdraw an offer of a patient that hasn't been accepted
