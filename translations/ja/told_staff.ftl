# 職員への電話
told-staff = 職員
told-heading = 職員への連絡
