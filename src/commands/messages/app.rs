//! What is said if the program can't be put together.

use super::ToMessage;
use crate::app::{CannotListen, NotPhoneNumber};
use crate::translations::{Message, message};

impl ToMessage for NotPhoneNumber {
    fn message(&self) -> Message {
        message!("setting-not-phone-number", name = self.name, why = self.why.message())
    }
}

impl ToMessage for CannotListen {
    fn message(&self) -> Message {
        message!("serve-address", address = self.address.to_string(), setting = self.setting)
    }
}
