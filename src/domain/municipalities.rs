//! The municipalities for which a health centre is responsible, so that the help desk can say where to turn (D1).

use serde::{Deserialize, Serialize};

use super::{PlainLine, width};

/// The name of a municipality: 千葉県匝瑳市.
type Municipality = PlainLine<40>;

/// The municipalities of a health centre, in the order in which they were written. There may be none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Municipalities(Vec<Municipality>);

/// The text isn't a list of municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("municipalities are up to 100 names of up to 40 characters, separated by commas: 匝瑳市、旭市")]
pub struct MunicipalitiesError;

impl Municipalities {
    /// The most names: a centre of the largest prefecture has fewer.
    pub const MOST: usize = 100;

    /// Returns `true` if there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns `true` if the name of one contains a text, or the text, such as an address, contains the name of one.
    /// Width and blanks don't matter.
    pub fn fit(&self, text: &str) -> bool {
        let wanted = folded(text);
        let fits = |name: &Municipality| {
            let name = folded(name.as_str());
            name.contains(&wanted) || wanted.contains(&name)
        };
        !wanted.is_empty() && self.0.iter().any(fits)
    }
}

fn folded(text: &str) -> String {
    width::fold(text).chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

impl std::str::FromStr for Municipalities {
    type Err = MunicipalitiesError;
    fn from_str(text: &str) -> Result<Self, MunicipalitiesError> {
        let parts = text.split(['、', ',', '，', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let mut names: Vec<Municipality> = Vec::new();
        for part in parts {
            let name = Municipality::parse(part).map_err(|_| MunicipalitiesError)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.len() <= Self::MOST { Ok(Self(names)) } else { Err(MunicipalitiesError) }
    }
}

impl std::fmt::Display for Municipalities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (nth, name) in self.0.iter().enumerate() {
            let comma = if nth > 0 { "、" } else { "" };
            write!(f, "{comma}{}", name.as_str())?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Municipalities {
    type Error = MunicipalitiesError;
    fn try_from(text: String) -> Result<Self, MunicipalitiesError> {
        text.parse()
    }
}

impl From<Municipalities> for String {
    fn from(municipalities: Municipalities) -> Self {
        municipalities.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_and_written_in_its_order() {
        for text in ["匝瑳市、旭市", "匝瑳市, 旭市", " 匝瑳市\n旭市\n", "匝瑳市;旭市、匝瑳市"]
        {
            let read: Municipalities = text.parse().unwrap();
            assert_eq!(read.to_string(), "匝瑳市、旭市", "{text:?}");
            assert_eq!(read.to_string().parse(), Ok(read));
        }
        assert!(" 、 ".parse::<Municipalities>().unwrap().is_empty());
        let many: Vec<String> = (0..=Municipalities::MOST).map(|nth| format!("見本{nth}町")).collect();
        for wrong in [many.join("、"), "あ".repeat(41), "見\u{202e}本市".to_owned()] {
            assert_eq!(wrong.parse::<Municipalities>(), Err(MunicipalitiesError), "{wrong}");
        }
    }

    #[test]
    fn a_part_of_a_name_and_a_whole_address_fit() {
        let own: Municipalities = "千葉県匝瑳市、旭市".parse().unwrap();
        for text in ["匝瑳", " 千葉県 匝瑳市 ", "千葉県旭市見本1-2-3", "旭"] {
            assert!(own.fit(text), "{text}");
        }
        for text in ["", " ", "銚子市"] {
            assert!(!own.fit(text), "{text}");
        }
        assert!(!Municipalities::default().fit("旭市"));
    }
}
