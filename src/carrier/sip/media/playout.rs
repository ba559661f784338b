//! What is said: clips become frames of 20 ms, and silence when there is nothing to say.

use std::collections::VecDeque;

use super::g711::SILENCE;
use super::{Clip, FRAME};

/// The clips that wait, and the place in the first of them.
#[derive(Debug, Default)]
pub struct Playout {
    clips: VecDeque<Clip>,
    at: usize,
    tell_firm: bool,
    tell_end: bool,
}

/// What came to an end before a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    pub firm: bool,
    pub speech: bool,
}

impl Playout {
    /// Replaces what is queued.
    pub fn play(&mut self, clips: Vec<Clip>) {
        self.clips = clips.into_iter().filter(|clip| !clip.audio.is_empty()).collect();
        self.at = 0;
        self.tell_firm = self.clips.iter().any(|clip| clip.firm);
        self.tell_end = true;
    }

    /// Cuts everything.
    pub fn silence(&mut self) {
        *self = Self::default();
    }

    /// Cuts everything but the firm clips. Whether anything is left.
    pub fn barge_in(&mut self) -> bool {
        if self.clips.front().is_some_and(|clip| !clip.firm) {
            self.at = 0;
        }
        self.clips.retain(|clip| clip.firm);
        self.tell_end = !self.clips.is_empty();
        self.tell_end
    }

    /// The next frame, and what had been played before it.
    pub fn frame(&mut self, frame: &mut [u8; FRAME]) -> Ended {
        let firm = self.tell_firm && !self.clips.iter().any(|clip| clip.firm);
        let speech = self.tell_end && self.clips.is_empty();
        self.tell_firm &= !firm;
        self.tell_end &= !speech;
        let mut filled = 0;
        while let (Some(clip), Some(room)) =
            (self.clips.front(), frame.get_mut(filled..).filter(|room| !room.is_empty()))
        {
            let rest = clip.audio.get(self.at..).unwrap_or_default();
            let length = rest.len().min(room.len());
            for (place, sample) in room.iter_mut().zip(rest) {
                *place = *sample;
            }
            filled = filled.saturating_add(length);
            self.at = self.at.saturating_add(length);
            if length == rest.len() {
                self.clips.pop_front();
                self.at = 0;
            }
        }
        frame.iter_mut().skip(filled).for_each(|place| *place = SILENCE);
        Ended { firm, speech }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clip(length: usize, value: u8, firm: bool) -> Clip {
        Clip { audio: vec![value; length].into(), firm }
    }

    /// All frames up to the end: the samples, and the numbers of frames before the firm part and all had ended.
    fn all(playout: &mut Playout) -> (Vec<u8>, Option<usize>, Option<usize>) {
        let (mut heard, mut firm, mut end) = (Vec::new(), None, None);
        for nth in 0..1_000 {
            let mut frame = [0; FRAME];
            let ended = playout.frame(&mut frame);
            if ended.firm {
                assert_eq!(firm.replace(nth), None);
            }
            if ended.speech {
                assert_eq!(end.replace(nth), None);
            }
            heard.extend(frame);
        }
        (heard, firm, end)
    }

    #[test]
    fn clips_are_joined_without_a_gap() {
        let mut playout = Playout::default();
        playout.play(vec![clip(200, 1, true), clip(100, 2, false), clip(50, 3, false)]);
        let (heard, firm, end) = all(&mut playout);
        assert_eq!(heard[..350], [vec![1; 200], vec![2; 100], vec![3; 50]].concat());
        assert!(heard[350..].iter().all(|sample| *sample == SILENCE));
        assert_eq!((firm, end), (Some(2), Some(3)));
    }

    #[test]
    fn a_key_cuts_all_but_the_firm_part() {
        let mut playout = Playout::default();
        playout.play(vec![clip(320, 1, true), clip(8_000, 2, false)]);
        playout.frame(&mut [0; FRAME]);
        assert!(playout.barge_in());
        let (heard, firm, end) = all(&mut playout);
        assert_eq!(heard.iter().filter(|sample| **sample != SILENCE).count(), 160);
        assert_eq!((firm, end), (Some(1), Some(1)));

        playout.play(vec![clip(320, 1, false), clip(160, 2, true)]);
        playout.frame(&mut [0; FRAME]);
        assert!(playout.barge_in());
        let mut frame = [0; FRAME];
        playout.frame(&mut frame);
        assert_eq!(frame, [2; FRAME]);
    }

    #[test]
    fn what_was_cut_or_replaced_isnt_told_of() {
        let mut playout = Playout::default();
        playout.play(vec![clip(320, 1, true)]);
        playout.silence();
        assert_eq!(all(&mut playout).1, None);
        playout.play(vec![clip(320, 1, false)]);
        assert!(!playout.barge_in());
        assert_eq!(all(&mut playout).2, None);
        playout.play(Vec::new());
        assert_eq!(all(&mut playout).2, Some(0));
    }

    proptest! {
        #[test]
        fn every_sample_is_played_once(lengths in prop::collection::vec((0_usize..700, any::<bool>()), 0..9)) {
            let clips = lengths.iter().enumerate().map(|(nth, (length, firm))| clip(*length, nth as u8, *firm));
            let clips: Vec<Clip> = clips.collect();
            let mut playout = Playout::default();
            playout.play(clips.clone());
            let (heard, _, end) = all(&mut playout);
            let wanted: Vec<u8> = clips.iter().flat_map(|clip| clip.audio.to_vec()).collect();
            prop_assert_eq!(&heard[..wanted.len()], &wanted[..]);
            prop_assert_eq!(end, Some(wanted.len().div_ceil(FRAME)));
        }
    }
}
