# Who of the staff was rung.
told-staff = Staff
told-heading = Who of the staff was told
