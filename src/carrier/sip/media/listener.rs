//! Listens to the other side: keys in three ways, beeps and faxes. Keeps no sound longer than it takes to put it in
//! order.

use std::time::Duration;

use super::in_band::InBand;
use super::presses::{Place, Presses, Way};
use super::reorder::{InOrder, Reorder};
use super::rtp::Packet;
use super::telephone_event::{Event, History};
use super::tones::{Signal, Tones};
use super::{MediaEvent, MediaSettings, Payload, g711};

/// How far a packet's timestamp may be from the time that passed: two seconds. Beyond, it begins a new time line.
const PLAUSIBLE: Place = 16_000;
/// A pause between packets that the detectors needn't be told of in full.
const LONGEST_PAUSE: Place = 80_000;

/// The sound of a packet. Keys by RFC 4733 have none.
#[derive(Debug)]
struct Sound {
    place: Place,
    samples: Vec<u8>,
}

/// The time line of a call, in samples, whatever the sender does with its timestamps.
#[derive(Debug)]
struct TimeLine {
    ssrc: Option<u32>,
    timestamp: u32,
    place: Place,
    arrived: Duration,
}

impl TimeLine {
    fn now(&self, now: Duration) -> Place {
        let passed = now.saturating_sub(self.arrived).as_micros() / 125;
        self.place.saturating_add(Place::try_from(passed).unwrap_or_default())
    }

    /// The place of a timestamp, if it is plausible.
    fn find(&self, ssrc: u32, timestamp: u32, now: Duration) -> Option<Place> {
        let apart = timestamp.wrapping_sub(self.timestamp).cast_signed();
        let place = self.place.saturating_add_signed(apart.into());
        (self.ssrc == Some(ssrc) && place.abs_diff(self.now(now)) <= PLAUSIBLE).then_some(place)
    }

    /// The place of a packet with sound, which moves the time line on.
    fn move_to(&mut self, ssrc: u32, timestamp: u32, now: Duration) -> Place {
        let found = self.find(ssrc, timestamp, now);
        let place = found.unwrap_or_else(|| self.now(now));
        if found.is_none() || place >= self.place {
            *self = Self { ssrc: Some(ssrc), timestamp, place, arrived: now };
        }
        place
    }
}

/// The listener of one call.
#[derive(Debug)]
pub struct Listener {
    payload: Payload,
    telephone_event: Option<u8>,
    hears_in_band: bool,
    time: TimeLine,
    order: Reorder<Sound>,
    /// Where the sound that was listened to ends.
    heard_until: Place,
    events: History,
    in_band: InBand,
    tones: Tones,
    presses: Presses,
    samples: Vec<f32>,
}

impl Listener {
    /// A listener for what was agreed on.
    pub fn new(settings: &MediaSettings) -> Self {
        Self {
            payload: settings.payload,
            telephone_event: settings.telephone_event,
            hears_in_band: settings.in_band,
            time: TimeLine { ssrc: None, timestamp: 0, place: 1 << 20, arrived: Duration::ZERO },
            order: Reorder::default(),
            heard_until: 0,
            events: History::default(),
            in_band: InBand::default(),
            tones: Tones::default(),
            presses: Presses::default(),
            samples: Vec::new(),
        }
    }

    /// Another agreement: keys may come in another way from now on.
    pub fn update(&mut self, settings: &MediaSettings) {
        let ways = (settings.telephone_event, settings.in_band);
        if ways != (self.telephone_event, self.hears_in_band) {
            self.presses.forget();
            self.in_band = InBand::default();
        }
        self.payload = settings.payload;
        (self.telephone_event, self.hears_in_band) = ways;
    }

    /// Whether a packet is of a kind that was agreed on.
    pub fn takes(&self, payload_type: u8) -> bool {
        payload_type == self.payload.number() || Some(payload_type) == self.telephone_event
    }

    /// Takes a packet that arrived now.
    pub fn packet(&mut self, packet: &Packet<'_>, now: Duration, tell: &mut impl FnMut(MediaEvent)) {
        if Some(packet.payload_type) == self.telephone_event {
            self.event(packet, now, tell);
            let place = self.time.find(packet.ssrc, packet.timestamp, now).unwrap_or_else(|| self.time.now(now));
            let in_order = self.order.push(packet.sequence, now, Sound { place, samples: Vec::new() });
            self.listen(in_order, tell);
        } else if packet.payload_type == self.payload.number() {
            let place = self.time.move_to(packet.ssrc, packet.timestamp, now);
            let sound = Sound { place, samples: packet.payload.to_vec() };
            let in_order = self.order.push(packet.sequence, now, sound);
            self.listen(in_order, tell);
        }
    }

    /// Time passes, with or without packets.
    pub fn tick(&mut self, now: Duration, tell: &mut impl FnMut(MediaEvent)) {
        let due = self.order.due(now);
        self.listen(due, tell);
    }

    /// A key that came in a SIP INFO.
    pub fn info(&mut self, key: char, now: Duration, tell: &mut impl FnMut(MediaEvent)) {
        let now = self.time.now(now);
        if self.presses.heard(Way::Info, key, now, now) {
            tell(MediaEvent::Key(key));
        }
    }

    fn event(&mut self, packet: &Packet<'_>, now: Duration, tell: &mut impl FnMut(MediaEvent)) {
        let event = Event::read(packet.ssrc, packet.marker, packet.timestamp, packet.payload);
        let Some(heard) = event.and_then(|event| self.events.packet(event, now)) else { return };
        let lasted = Place::from(heard.lasted);
        let began = self.time.find(packet.ssrc, heard.timestamp, now);
        let began = began.unwrap_or_else(|| self.time.now(now).saturating_sub(lasted));
        let until = began.saturating_add(lasted);
        if !heard.new {
            self.presses.lasts(Way::Event, heard.key, until);
        } else if self.presses.heard(Way::Event, heard.key, began, until) {
            tell(MediaEvent::Key(heard.key));
        }
    }

    fn listen(&mut self, packets: Vec<InOrder<Sound>>, tell: &mut impl FnMut(MediaEvent)) {
        let mut after_loss = false;
        for packet in packets {
            after_loss |= packet.after_loss;
            let sound = packet.content;
            if sound.samples.is_empty() {
                continue;
            }
            if sound.place != self.heard_until {
                self.in_band.jump(sound.place, after_loss);
                let pause = sound.place.saturating_sub(self.heard_until).min(LONGEST_PAUSE);
                self.tones.pause(pause, &mut |signal| tell(signal.into()));
            }
            after_loss = false;
            self.heard_until = sound.place.saturating_add(sound.samples.len() as Place);
            self.samples.clear();
            self.samples.extend(sound.samples.iter().map(|sample| g711::decode(self.payload, *sample)));
            self.tones.listen(&self.samples, &mut |signal| tell(signal.into()));
            if self.hears_in_band {
                let presses = &mut self.presses;
                self.in_band.listen(&self.samples, &mut |tone| {
                    if !tone.new {
                        presses.lasts(Way::InBand, tone.key, tone.until);
                    } else if presses.heard(Way::InBand, tone.key, tone.began, tone.until) {
                        tell(MediaEvent::Key(tone.key));
                    }
                });
            }
        }
    }
}

impl From<Signal> for MediaEvent {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Beep => Self::Beep,
            Signal::Fax => Self::Fax,
        }
    }
}

#[cfg(test)]
mod tests;
