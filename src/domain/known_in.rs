//! Where a patient is a known caller: the channels and languages in which they have completed a call.

use super::{Channel, Language};

/// A channel and a language in which a patient has completed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KnownIn {
    /// The channel.
    pub channel: Channel,
    /// The language.
    pub language: Language,
}

impl KnownIn {
    /// The stored text. The texts of several, one after the other, are [`KnownIn::read_all`]'s.
    pub fn code(self) -> String {
        format!("{}:{};", self.channel.code(), self.language.tag())
    }

    /// Reads stored texts. What a later version has added is skipped.
    pub fn read_all(text: &str) -> Vec<Self> {
        let read = |part: &str| {
            let (channel, language) = part.split_once(':')?;
            Some(Self { channel: Channel::from_code(channel)?, language: language.parse().ok()? })
        };
        text.split(';').filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again_and_the_unknown_skipped() {
        let mut all = Vec::new();
        for channel in Channel::ALL {
            all.extend(Language::ALL.map(|language| KnownIn { channel, language }));
        }
        let text: String = all.iter().map(|known| known.code()).collect();
        assert_eq!(KnownIn::read_all(&text), all);
        assert_eq!(KnownIn::read_all("video_call:ja;health_call:eo;health_call;health_call:ko;").len(), 1);
        assert_eq!(KnownIn::read_all(""), []);
    }
}
