//! The targets without a fuzzer: their seeds, and many inputs that are not far from a seed, the same ones
//! in every run.

use std::fs;
use std::path::Path;

use wallet_callback_fuzz::{TARGETS, Target};

/// The inputs of each target. An explanation is a search, and takes longest.
fn rounds(target: &str) -> usize {
    match target {
        "explain" => 4_000,
        "verify" | "typed_data" | "dapp_callback" => 60_000,
        _ => 30_000,
    }
}

macro_rules! tests {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            try_inputs(stringify!($target), wallet_callback_fuzz::$target);
        })*

        #[test]
        fn none_is_left_out() {
            let names = TARGETS.map(|(name, _)| name);
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

tests! {
    verify payload descriptor keys typed_data dapp_callback addresses explain hmac encodings canonical
}

fn try_inputs(name: &str, target: Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the seeds")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    let seeds: Vec<_> = files
        .iter()
        .map(|file| fs::read(file).expect("a seed"))
        .collect();
    assert!(!seeds.is_empty(), "{name}");
    target(&[]);
    for seed in &seeds {
        target(seed);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds(name) {
        let mut input = seeds[random.below(seeds.len())].clone();
        random.mutate(&mut input, &seeds);
        target(&input);
    }
}

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).expect("64 bits")).expect("a limit")
    }

    /// Up to four changes, each of a kind that a fuzzer makes.
    fn mutate(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        for _ in 0..=self.below(4) {
            let at = self.below(input.len() + 1);
            let byte = self.next().to_le_bytes()[3];
            match self.below(7) {
                0 if at < input.len() => input[at] ^= 1 << self.below(8),
                1 if at < input.len() => input[at] = byte,
                2 if at < input.len() => drop(input.remove(at)),
                3 => input.insert(at, byte),
                4 => {
                    let end = (at + self.below(32)).min(input.len());
                    let stretch = input[at..end].to_vec();
                    input.splice(at..at, stretch);
                }
                5 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    input.splice(at.., other[from..].iter().copied());
                }
                _ => {
                    let end = (at + self.below(16)).min(input.len());
                    input.drain(at..end);
                }
            }
        }
    }
}
