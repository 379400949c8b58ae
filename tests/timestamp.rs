//! Timestamps: the examples of RFC 3339, then what its section 5.7 restricts.
#![allow(missing_docs, clippy::unwrap_used)]

use wallet_callback::event::timestamp::{TimestampError, parse};

/// RFC 3339, section 5.8.
#[test]
fn the_examples_of_the_rfc_are_read() {
    assert_eq!(parse("1985-04-12T23:20:50.52Z"), Ok(482_196_050));
    assert_eq!(parse("1996-12-19T16:39:57-08:00"), Ok(851_042_397));
    assert_eq!(parse("1996-12-20T00:39:57Z"), Ok(851_042_397));
    assert_eq!(parse("1990-12-31T23:59:60Z"), Ok(662_688_000));
    assert_eq!(parse("1990-12-31T15:59:60-08:00"), Ok(662_688_000));
    assert_eq!(parse("1937-01-01T12:00:27.87+00:20"), Ok(-1_041_337_173));
}

#[test]
fn the_edges_of_the_calendar_are_read() {
    for (text, unix) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2024-02-29T12:00:00Z", 1_709_208_000),
        ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("2026-11-23T01:42:00.123456789123456789Z", 1_795_398_120),
        ("0000-01-01T00:00:00Z", -62_167_219_200),
        ("0000-02-29T00:00:00Z", -62_162_121_600),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("0000-01-01T00:00:00+23:59", -62_167_305_540),
        ("9999-12-31T23:59:59-23:59", 253_402_387_139),
        ("2024-06-01t00:00:00z", 1_717_200_000),
        ("2024-06-01T00:00:00-00:00", 1_717_200_000),
        ("2024-06-01T05:30:00+05:30", 1_717_200_000),
        ("2016-12-31T23:59:60.5Z", 1_483_228_800),
        ("2017-01-01T05:29:60+05:30", 1_483_228_800),
    ] {
        assert_eq!(parse(text), Ok(unix), "{text}");
    }
}

#[test]
fn what_does_not_exist_is_refused() {
    use TimestampError::{Date, Form, Offset, Time};
    for (text, error) in [
        ("", Form),
        ("2024-06-01", Form),
        ("2024-06-01T00:00:00", Form),
        ("2024-06-01T00:00Z", Form),
        ("2024-06-01 00:00:00Z", Form),
        ("2024-06-01T00:00:00 Z", Form),
        (" 2024-06-01T00:00:00Z", Form),
        ("2024-06-01T00:00:00Z\n", Form),
        ("2024-06-01T00:00:00ZZ", Form),
        ("20240601T000000Z", Form),
        ("2024-6-1T0:0:0Z", Form),
        ("24-06-01T00:00:00Z", Form),
        ("+2024-06-01T00:00:00Z", Form),
        ("-024-06-01T00:00:00Z", Form),
        ("2024-W22-6T00:00:00Z", Form),
        ("2024-06-01T00:00:00,5Z", Form),
        ("2024-06-01T00:00:00.Z", Form),
        ("2024-06-01T00:00:00.5", Form),
        ("2024-06-01T00:00:00.5+5:30", Form),
        ("2024-06-01T00:00:00+0530", Form),
        ("2024-06-01T00:00:00+05", Form),
        ("2024-06-01T00:00:00 05:30", Form),
        ("2024-06-01T00:00:00\u{2212}05:30", Form),
        ("2024-06-01T00:00:0١Z", Form),
        ("1717200000", Form),
        ("2024-00-01T00:00:00Z", Date),
        ("2024-13-01T00:00:00Z", Date),
        ("2024-06-00T00:00:00Z", Date),
        ("2024-06-31T00:00:00Z", Date),
        ("2024-02-30T00:00:00Z", Date),
        ("2023-02-29T00:00:00Z", Date),
        ("1900-02-29T00:00:00Z", Date),
        ("2100-02-29T00:00:00Z", Date),
        ("2024-04-31T00:00:00Z", Date),
        ("2024-06-01T24:00:00Z", Time),
        ("2024-06-01T00:60:00Z", Time),
        ("2024-06-01T00:00:61Z", Time),
        ("2024-06-01T23:59:99Z", Time),
        ("2024-06-01T00:00:60Z", Time),
        ("2016-12-31T22:59:60Z", Time),
        ("2016-12-31T23:58:60Z", Time),
        ("2016-12-31T23:59:60+01:00", Time),
        ("2024-06-01T00:00:00+24:00", Offset),
        ("2024-06-01T00:00:00-00:60", Offset),
    ] {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

/// Every day of the calendar's cycle of 400 years is one day after the day before it.
#[test]
fn days_follow_each_other() {
    let mut expected = parse("1900-01-01T00:00:00Z").unwrap();
    let mut days = 0;
    for year in 1900..2300 {
        for month in 1..=12 {
            for day in 1..=31 {
                let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
                let Ok(unix) = parse(&text) else { continue };
                assert_eq!(unix, expected, "{text}");
                expected = expected.checked_add(86_400).unwrap();
                days += 1;
            }
        }
    }
    assert_eq!(days, 146_097);
}

/// Each byte of a good timestamp replaced by every other byte: answered, whatever it is.
#[test]
fn any_text_is_answered() {
    let good = "2016-12-31T23:59:60.25-00:00";
    for at in 0..good.len() {
        for byte in 0..0x80_u8 {
            let mut bytes = good.as_bytes().to_vec();
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let text = String::from_utf8(bytes).unwrap();
            let _ = parse(&text);
            let _ = parse(text.get(..at).unwrap());
        }
    }
}
