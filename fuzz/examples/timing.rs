//! Whether the time of a refusal tells where a signature first differs: callbacks whose tag is wrong in
//! its first byte against ones whose tag is wrong in its last, by Welch's t-test, as dudect does it
//! (Reparaz, Balasch and Verbauwhede 2017). The first argument is the number of samples.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use data_encoding::BASE64;
use wallet_callback::key::KeySource;
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::request::Request;
use wallet_callback::verify::Verifier;

const NOW: u64 = 1_700_000_000;
const SECRET: &str = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY";
const BODY: &[u8] = br#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{}}"#;

/// Above, the two are told apart: by chance once in 150,000 times.
const LIMIT: f64 = 4.5;

fn main() -> ExitCode {
    let samples = std::env::args().nth(1);
    let samples = samples
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let keys = || GivenKeys::List(vec![KeySource::text(SECRET).into()]);
    let verifier = options::verifier(b"{}", keys()).expect("options");
    let key = Ok(KeySource::text(SECRET).into());
    let json = br#"{"id":"msg_1"}"#;
    let signed = options::sign(json, key, BODY, NOW, || Ok([0; 16])).expect("a signature");
    let header = &signed
        .headers
        .iter()
        .find(|(name, _)| name == "webhook-signature");
    let header = &header.expect("a signature").1;
    let tag = BASE64.decode(header.trim_start_matches("v1,").as_bytes());
    let tag = tag.expect("base64");
    assert!(verify(&verifier, header), "the harness signs wrongly");

    let right = test("verify", samples, &tag, |header, _| {
        assert!(!verify(&verifier, header));
    });
    let leaky = test(
        "verify, and a leaky comparison",
        samples,
        &tag,
        |header, bytes| {
            assert!(!verify(&verifier, header));
            assert!(!black_box(equal_at_once(&tag, bytes)));
        },
    );
    ExitCode::from(u8::from(right >= LIMIT || leaky < LIMIT))
}

fn verify(verifier: &Verifier, signature: &str) -> bool {
    let request = Request {
        body: BODY,
        headers: &[
            ("webhook-id", b"msg_1"),
            ("webhook-timestamp", b"1700000000"),
            ("webhook-signature", signature.as_bytes()),
        ],
        method: None,
        url: None,
        registered_url: None,
        ip: None,
    };
    verifier.verify(&request, NOW).is_ok()
}

/// What nobody must write: it ends at the first byte that differs.
#[inline(never)]
fn equal_at_once(one: &[u8], other: &[u8]) -> bool {
    one.iter()
        .zip(other)
        .all(|(one, other)| black_box(one) == black_box(other))
}

/// Times refusals, and returns |t|.
fn test(title: &str, samples: usize, tag: &[u8], refuse: impl Fn(&str, &[u8])) -> f64 {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut times: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let mut all = Vec::with_capacity(samples);
    for round in 0..samples + samples / 100 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let class = usize::from(random & 1 == 1);
        let mut bytes = tag.to_vec();
        let at = if class == 0 { 0 } else { bytes.len() - 1 };
        bytes[at] ^= 1 << (random >> 8 & 7);
        let header = format!("v1,{}", BASE64.encode(&bytes));
        let start = Instant::now();
        refuse(black_box(&header), black_box(&bytes));
        let time = start.elapsed().as_nanos();
        // The first ones warm up.
        if round >= samples / 100 {
            let time = f64::from(u32::try_from(time).unwrap_or(u32::MAX));
            times[class].push(time);
            all.push(time);
        }
    }
    // Interruptions are no property of the code: the slowest tenth is left out, as dudect does.
    all.sort_by(f64::total_cmp);
    let slow = all[all.len() * 9 / 10];
    let [one, other] = times.map(|times| moments(times.into_iter().filter(|time| *time <= slow)));
    let t = ((one.mean - other.mean) / (one.spread + other.spread).sqrt()).abs();
    println!(
        "{title:<34}{samples:>9} samples   {:>8.1} ns first byte   {:>8.1} ns last byte   |t| = {t:.2}",
        one.mean, other.mean
    );
    t
}

struct Moments {
    mean: f64,
    /// The variance, over the number of values.
    spread: f64,
}

fn moments(values: impl Iterator<Item = f64> + Clone) -> Moments {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares = values.map(|value| (value - mean).powi(2)).sum::<f64>();
    Moments {
        mean,
        spread: squares / (count - 1.0) / count,
    }
}
