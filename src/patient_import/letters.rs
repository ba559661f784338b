//! The names of columns in a spreadsheet.

/// A position, counted from 0, as a spreadsheet writes it: A, B, … Z, AA, AB.
pub struct Letters(pub usize);

impl std::fmt::Display for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 >= 26 {
            write!(f, "{}", Self((self.0 / 26).saturating_sub(1)))?;
        }
        let letter = u8::try_from(self.0 % 26).unwrap_or_default().saturating_add(b'A');
        write!(f, "{}", char::from(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_named_as_spreadsheets_name_them() {
        let name = |position| Letters(position).to_string();
        assert_eq!([name(0), name(25), name(26), name(701), name(702)], ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
