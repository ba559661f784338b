//! `patient_list` under the fuzzer: see `inputs.rs`.
#![no_main]

#[path = "../inputs.rs"]
#[allow(dead_code, reason = "each target is a program of its own")]
mod inputs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| inputs::patient_list(data));
