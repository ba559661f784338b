# The help of kenkocall bench portal.
help-bench-portal = The portal: complete reports, very many people who sign up beside reports and callers, certificates, bytes of pages, and what answers tell of an address
help-bench-portal--patients = Patients registered
help-bench-portal--accounts = Patients with an account
help-bench-portal--rate = Sign-ups per second
help-bench-portal--seconds = Duration of the sign-ups in seconds
help-bench-portal--addresses = Known and unknown addresses that are compared, of each
