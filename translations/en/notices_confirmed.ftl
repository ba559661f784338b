# Numbers and addresses that took no messages, and are used again.
notice-use-number-again = The number was confirmed: use it again
notice-use-address-again = The address was confirmed: use it again
notice-address-confirmed = It is used for notices again
trail-notice-address-confirmed = confirmed a number or an address that took no messages
