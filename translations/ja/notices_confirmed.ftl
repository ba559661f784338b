# Numbers and addresses that took no messages, and are used again.
notice-use-number-again = 番号を確かめたので、また使う
notice-use-address-again = アドレスを確かめたので、また使う
notice-address-confirmed = 通知にまた使います
trail-notice-address-confirmed = 届かない番号・アドレスを確かめ、また使うようにした
