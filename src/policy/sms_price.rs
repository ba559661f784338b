//! The price of one part of an SMS: a health centre's own, in the currency of its limits.

use serde::{Deserialize, Serialize};

/// A price in hundredths, 0.01 to [`SmsPrice::HIGHEST`]. Written with up to two decimals: 3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SmsPrice(u32);

/// Why a text isn't a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the price of a part of an SMS is a number from 0.01 to {}, with at most two decimals", SmsPrice::HIGHEST)]
pub struct SmsPriceError;

impl SmsPrice {
    /// The highest price.
    pub const HIGHEST: u32 = 1_000;

    /// What so many parts cost.
    pub fn of(self, parts: usize) -> Money {
        Money(u64::from(self.0).saturating_mul(u64::try_from(parts).unwrap_or(u64::MAX)))
    }
}

/// An amount in hundredths, as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money(u64);

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match hundredths {
            0 => write!(f, "{whole}"),
            _ if hundredths.is_multiple_of(10) => write!(f, "{whole}.{}", hundredths / 10),
            _ => write!(f, "{whole}.{hundredths:02}"),
        }
    }
}

impl std::fmt::Display for SmsPrice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Money(self.0.into()).fmt(f)
    }
}

impl std::str::FromStr for SmsPrice {
    type Err = SmsPriceError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(whole, 4) || !is_number(decimals, 2) {
            return Err(SmsPriceError);
        }
        let number = |part: &str| part.parse::<u32>().map_err(|_| SmsPriceError);
        let tenths = if decimals.len() == 1 { 10 } else { 1 };
        let hundredths = number(whole)?.saturating_mul(100).saturating_add(number(decimals)?.saturating_mul(tenths));
        if (1..=Self::HIGHEST.saturating_mul(100)).contains(&hundredths) {
            Ok(Self(hundredths))
        } else {
            Err(SmsPriceError)
        }
    }
}

impl TryFrom<String> for SmsPrice {
    type Error = SmsPriceError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SmsPrice> for String {
    fn from(price: SmsPrice) -> Self {
        price.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_price_has_up_to_two_decimals() {
        let read = |text: &str| text.parse::<SmsPrice>().map(|price| price.to_string());
        for (text, price) in [("3", "3"), ("3.3", "3.3"), ("3.30", "3.3"), ("3.05", "3.05"), ("0.01", "0.01")] {
            assert_eq!(read(text).as_deref(), Ok(price), "{text}");
        }
        for wrong in ["", "0", "0.00", "1000.01", "3.", ".5", "3.333", "-1", "3,3", "1e3", "NaN", "10000", "３"] {
            assert_eq!(read(wrong), Err(SmsPriceError), "{wrong}");
        }
        assert_eq!("3.3".parse::<SmsPrice>().map(|price| price.of(3).to_string()).as_deref(), Ok("9.9"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(hundredths in 1_u32..=100_000, parts in 0_usize..100) {
            let price = SmsPrice(hundredths);
            prop_assert_eq!(price.to_string().parse(), Ok(price));
            prop_assert_eq!(price.of(parts).0, u64::from(hundredths) * parts as u64);
        }
    }
}
