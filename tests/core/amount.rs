//! Amounts: what is refused, what is exact, and that both directions agree.

use std::collections::BTreeSet;

use crate::common::Random;
use wallet_callback::chain::amount::{AmountError, BaseUnits, Decimals, to_base_units};
use wallet_callback::event::model::{AMOUNTS, FAMILIES, Kind};

const MAX: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

fn to_decimal(value: &str, decimals: u64) -> String {
    BaseUnits::parse(value)
        .unwrap()
        .to_decimal(Decimals::new(decimals).unwrap())
}

fn back(decimal: &str, decimals: u64) -> Result<String, AmountError> {
    to_base_units(decimal, Decimals::new(decimals).unwrap())
}

#[test]
fn base_units_have_one_spelling() {
    for value in ["0", "1", "9", "10", "1000000000000000000", MAX] {
        assert_eq!(BaseUnits::parse(value).unwrap().as_str(), value);
    }
    for (value, error) in [
        ("", AmountError::Digits),
        (" 1", AmountError::Digits),
        ("1 ", AmountError::Digits),
        ("1\n", AmountError::Digits),
        ("+1", AmountError::Digits),
        ("-1", AmountError::Digits),
        ("-0", AmountError::Digits),
        ("1.0", AmountError::Digits),
        ("1e18", AmountError::Digits),
        ("0x1", AmountError::Digits),
        ("1_000", AmountError::Digits),
        ("1,000", AmountError::Digits),
        ("١", AmountError::Digits),
        ("１", AmountError::Digits),
        ("NaN", AmountError::Digits),
        ("00", AmountError::LeadingZero),
        ("01", AmountError::LeadingZero),
        (
            "115792089237316195423570985008687907853269984665640564039457584007913129639936",
            AmountError::TooLarge,
        ),
        (
            "200000000000000000000000000000000000000000000000000000000000000000000000000000",
            AmountError::TooLarge,
        ),
        (
            "1000000000000000000000000000000000000000000000000000000000000000000000000000000",
            AmountError::TooLarge,
        ),
    ] {
        assert_eq!(BaseUnits::parse(value), Err(error), "{value:?}");
    }
    let below = "99999999999999999999999999999999999999999999999999999999999999999999999999999";
    assert_eq!(below.len() + 1, MAX.len());
    assert!(BaseUnits::parse(below).is_ok());
}

#[test]
fn decimals_go_up_to_36() {
    assert_eq!(Decimals::new(0).unwrap().get(), 0);
    assert_eq!(Decimals::new(36).unwrap().get(), 36);
    for decimals in [37, 255, 256, 292, u64::MAX] {
        assert_eq!(Decimals::new(decimals), Err(AmountError::Decimals));
    }
}

#[test]
fn the_decimal_is_exact() {
    for (value, decimals, decimal) in [
        ("0", 0, "0"),
        ("0", 18, "0"),
        ("1", 0, "1"),
        ("1", 1, "0.1"),
        ("1", 18, "0.000000000000000001"),
        ("1", 36, "0.000000000000000000000000000000000001"),
        ("10", 1, "1"),
        ("100", 1, "10"),
        ("1000000", 6, "1"),
        ("1234560000", 6, "1234.56"),
        ("123456", 6, "0.123456"),
        ("120000", 6, "0.12"),
        ("1000000000000000001", 18, "1.000000000000000001"),
        ("9007199254740993", 0, "9007199254740993"),
        (MAX, 0, MAX),
        (
            MAX,
            18,
            "115792089237316195423570985008687907853269984665640564039457.584007913129639935",
        ),
    ] {
        assert_eq!(to_decimal(value, decimals), decimal);
        assert_eq!(back(decimal, decimals).as_deref(), Ok(value));
    }
}

#[test]
fn the_way_back_is_exact() {
    for (decimal, decimals, value) in [
        ("1.50", 2, "150"),
        ("1.500", 2, "150"),
        ("1.000000000", 0, "1"),
        ("0.0", 18, "0"),
        ("0.050", 2, "5"),
        ("100", 36, "100000000000000000000000000000000000000"),
    ] {
        assert_eq!(back(decimal, decimals).as_deref(), Ok(value));
    }
    for (decimal, decimals, error) in [
        ("", 2, AmountError::Digits),
        (".", 2, AmountError::Digits),
        (".5", 2, AmountError::Digits),
        ("5.", 2, AmountError::Digits),
        ("1.2.3", 6, AmountError::Digits),
        ("1,5", 2, AmountError::Digits),
        ("+1", 2, AmountError::Digits),
        ("-1", 2, AmountError::Digits),
        ("1.-5", 2, AmountError::Digits),
        ("1e2", 2, AmountError::Digits),
        ("1.5e2", 2, AmountError::Digits),
        (" 1", 2, AmountError::Digits),
        ("1 ", 2, AmountError::Digits),
        ("0x1", 2, AmountError::Digits),
        ("Infinity", 2, AmountError::Digits),
        ("01", 2, AmountError::LeadingZero),
        ("00.5", 2, AmountError::LeadingZero),
        ("1.234", 2, AmountError::TooPrecise),
        ("0.1", 0, AmountError::TooPrecise),
        ("0.0000000000000000001", 18, AmountError::TooPrecise),
        (MAX, 1, AmountError::TooLarge),
        (
            "115792089237316195423570985008687907853269984665640564039457.584007913129639936",
            18,
            AmountError::TooLarge,
        ),
    ] {
        assert_eq!(back(decimal, decimals), Err(error), "{decimal:?}");
    }
}

#[test]
fn every_amount_survives_the_round_trip() {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let length = 1 + random.below(77);
        let mut value: String = (0..length)
            .map(|_| {
                // Many zeros, since these are what gets trimmed.
                let digit = random.below(20).saturating_sub(10) as u8;
                char::from(b'0' + digit)
            })
            .collect();
        value = value.trim_start_matches('0').to_owned();
        if value.is_empty() {
            value.push('0');
        }
        let decimals = random.below(37) as u64;
        let decimal = to_decimal(&value, decimals);
        assert_eq!(back(&decimal, decimals).as_deref(), Ok(value.as_str()));
        let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, "1"));
        assert!(whole == "0" || !whole.starts_with('0'), "{decimal}");
        assert!(
            !fraction.is_empty() && !fraction.ends_with('0'),
            "{decimal}"
        );
    }
}

/// Against 128-bit arithmetic, which shares no line with the code.
#[test]
fn small_amounts_agree_with_integers() {
    let mut random = Random::new(42);
    for _ in 0..20_000 {
        let value = u128::from(random.next()) * u128::from(random.next() % 1000);
        let decimals = random.below(19) as u32;
        let one = 10_u128.pow(decimals);
        let places = decimals as usize;
        let expected = format!("{}.{:0places$}", value / one, value % one);
        let expected = if places == 0 {
            value.to_string()
        } else {
            expected
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned()
        };
        assert_eq!(
            to_decimal(&value.to_string(), u64::from(decimals)),
            expected
        );
    }
}

#[test]
fn any_text_is_answered() {
    let letters: Vec<char> = "0123456789..00-+eEx _é".chars().collect();
    let mut random = Random::new(7);
    for length in (0..200).chain([10_000]) {
        for _ in 0..50 {
            let text: String = (0..length)
                .map(|_| letters[random.below(letters.len())])
                .collect();
            let _ = BaseUnits::parse(&text);
            if let Ok(units) = back(&text, 18) {
                assert!(BaseUnits::parse(&units).is_ok(), "{text}");
            }
        }
    }
}

#[test]
fn every_amount_of_an_event_is_told() {
    let fields = FAMILIES.iter().flat_map(|family| family.fields);
    let amounts = fields.filter(|field| matches!(field.kind, Kind::Amount));
    let names: BTreeSet<&str> = amounts.map(|field| field.name).collect();
    assert_eq!(names, BTreeSet::from(AMOUNTS));

    // What stands in a list has no place of its own.
    let fields = FAMILIES.iter().flat_map(|family| family.fields);
    for field in fields {
        if let Kind::List(inner) = field.kind {
            assert!(!inner.iter().any(|field| matches!(field.kind, Kind::Amount)));
        }
    }
}
