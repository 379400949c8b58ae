//! Timestamps: the examples of RFC 3339, then what its section 5.7 restricts.

use wallet_callback::timestamp::{TimestampError, parse};

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

/// Texts in the units that a sender may write, as callbacks that are signed with them.
mod units {
    use super::*;
    use crate::common::{Callback, given, given_key, malformed_header};
    use serde_json::{Value, json};
    use wallet_callback::error::{HeaderProblem, Rejection};
    use wallet_callback::options;
    use wallet_callback::timestamp::Unit;

    const HEADER: &str = "acme-time";
    const KEY: &str = "a-shared-secret";

    fn sender(unit: &str) -> Value {
        json!({
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": { "signature": "acme-signature", "timestamp": HEADER },
            "signature": { "encoding": "hex" },
            "signed": "{timestamp}\n{body}",
            "timestamp": { "unit": unit },
            "toleranceSeconds": 1
        })
    }

    fn signed_at(unit: &str, timestamp: u64) -> Callback {
        let options = json!({
            "sender": sender(unit),
            "id": "a",
            "nonce": "a",
            "timestamp": timestamp
        });
        let random = || unreachable!("everything is given");
        let signed = options::sign(
            options.to_string().as_bytes(),
            Ok(given_key(KEY)),
            b"{}",
            0,
            random,
        )
        .unwrap();
        let mut callback = Callback {
            headers: Vec::new(),
            body: b"{}".to_vec(),
            ..Callback::default()
        };
        for (name, value) in signed.headers {
            callback = callback.with(&name, value);
        }
        callback
    }

    fn verify(callback: &Callback, unit: &str, now: u64) -> Result<Option<u64>, Rejection> {
        let options = json!({ "sender": sender(unit) }).to_string();
        let verifier = options::verifier(options.as_bytes(), given(&[KEY])).unwrap();
        let verdict = callback.verify_at(&verifier, now)?;
        Ok(verdict.timestamp)
    }

    /// What a signature over this text is good for: its time, or the reason why it is none.
    fn read(unit: &str, text: &str, now: u64) -> Result<Option<u64>, Rejection> {
        // The signature is over the text and the body with a line break between.
        let body = json!({
            "sender": {
                "name": "acme",
                "algorithm": "hmac-sha256",
                "headers": { "signature": "acme-signature" },
                "signature": { "encoding": "hex" },
                "signed": "{body}"
            },
            "id": "a",
            "nonce": "a"
        });
        let message = format!("{text}\n{{}}");
        let random = || unreachable!("everything is given");
        let signed = options::sign(
            body.to_string().as_bytes(),
            Ok(given_key(KEY)),
            message.as_bytes(),
            0,
            random,
        )
        .unwrap();
        let mut callback = signed_at(unit, now).with(HEADER, text);
        for (name, value) in signed.headers {
            callback = callback.with(&name, value);
        }
        verify(&callback, unit, now)
    }

    #[test]
    fn are_written_as_they_are_read() {
        for (timestamp, iso, http) in [
            (0, "1970-01-01T00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (
                784_111_777,
                "1994-11-06T08:49:37",
                "Sun, 06 Nov 1994 08:49:37 GMT",
            ),
            (
                951_782_400,
                "2000-02-29T00:00:00",
                "Tue, 29 Feb 2000 00:00:00 GMT",
            ),
            (
                951_868_799,
                "2000-02-29T23:59:59",
                "Tue, 29 Feb 2000 23:59:59 GMT",
            ),
            (
                1_700_000_000,
                "2023-11-14T22:13:20",
                "Tue, 14 Nov 2023 22:13:20 GMT",
            ),
            (
                1_735_689_599,
                "2024-12-31T23:59:59",
                "Tue, 31 Dec 2024 23:59:59 GMT",
            ),
            (
                4_107_542_400,
                "2100-03-01T00:00:00",
                "Mon, 01 Mar 2100 00:00:00 GMT",
            ),
            (
                253_402_300_799,
                "9999-12-31T23:59:59",
                "Fri, 31 Dec 9999 23:59:59 GMT",
            ),
        ] {
            let seconds = timestamp.to_string();
            let milliseconds = (timestamp * 1000).to_string();
            for (unit, text) in [
                ("s", seconds.as_str()),
                ("ms", &milliseconds),
                ("iso8601", iso),
                ("http-date", http),
            ] {
                let callback = signed_at(unit, timestamp);
                assert_eq!(callback.header(HEADER), text.as_bytes());
                let result = verify(&callback, unit, timestamp);
                assert_eq!(result, Ok(Some(timestamp)), "{unit}");
            }
        }
    }

    /// Seconds and milliseconds are told apart by their size: the first ones that cannot be are those
    /// of the year 5138 and those of March 1973.
    #[test]
    fn of_unknown_size_are_seconds_or_milliseconds() {
        for (text, time) in [
            ("0", 0),
            ("1700000000", 1_700_000_000),
            ("1700000000999", 1_700_000_000),
            ("99999999999", 99_999_999_999),
            ("100000000000", 100_000_000),
        ] {
            assert_eq!(read("unix", text, time), Ok(Some(time)), "{text}");
        }
        let callback = signed_at("unix", 1_700_000_000);
        assert_eq!(callback.header(HEADER), b"1700000000");
        let expected = malformed_header(
            HEADER,
            HeaderProblem::Time {
                expected: Unit::Unix.form(),
            },
        );
        assert_eq!(read("unix", "1700000000.5", 0), Err(expected));
    }

    /// Days of 400 years, written and read back.
    #[test]
    fn of_every_day_are_written_as_they_are_read() {
        for day in (0..146_097).step_by(61) {
            let timestamp = day * 86_400 + day % 86_400;
            for unit in ["iso8601", "http-date"] {
                let callback = signed_at(unit, timestamp);
                assert_eq!(verify(&callback, unit, timestamp), Ok(Some(timestamp)));
            }
            let callback = signed_at("iso8601", timestamp);
            let text = String::from_utf8(callback.header(HEADER).to_vec()).unwrap();
            // In UTC, without saying so.
            assert_eq!(
                parse(&format!("{text}Z")),
                Ok(i64::try_from(timestamp).unwrap())
            );
        }
    }

    #[test]
    fn are_read_in_each_of_their_forms() {
        const TIME: u64 = 1_700_000_000;
        for (unit, text) in [
            ("s", "1700000000"),
            ("ms", "1700000000000"),
            ("ms", "1700000000999"),
            ("unix", "1700000000"),
            ("unix", "1700000000999"),
            ("iso8601", "2023-11-14T22:13:20Z"),
            ("iso8601", "2023-11-14T22:13:20"),
            ("iso8601", "2023-11-14T22:13:20.999"),
            ("iso8601", "2023-11-14T22:13:20.9999999Z"),
            ("iso8601", "2023-11-15T00:13:20+02:00"),
            ("iso8601", "2023-11-14T17:13:20.5-05:00"),
            ("http-date", "Tue, 14 Nov 2023 22:13:20 GMT"),
            // As Go prints a time in UTC.
            ("http-date", "2023-11-14 22:13:20.999 +0000 UTC"),
            (
                "http-date",
                "2023-11-14 22:13:20.123456789 +0000 UTC m=+0.000000001",
            ),
        ] {
            assert_eq!(read(unit, text, TIME), Ok(Some(TIME)), "{text}");
        }
    }

    #[test]
    fn in_another_form_are_refused() {
        for (name, unit, texts) in [
            (
                "ms",
                Unit::Milliseconds,
                &[
                    "",
                    "-1",
                    "1.5",
                    "1e3",
                    "1700000000000 ",
                    "2023-11-14T22:13:20Z",
                ][..],
            ),
            (
                "iso8601",
                Unit::Iso8601,
                &[
                    "",
                    "1700000000",
                    "2023-11-14",
                    "2023-11-14T22:13",
                    "2023-11-14 22:13:20",
                    "2023-11-14T22:13:20 ",
                    "2023-11-14T22:13:20.",
                    "2023-11-14T22:13:20.Z",
                    "2023-11-14T22:13:20,5",
                    "2023-11-14T22:13:20+0200",
                    "2023-11-14T22:13:20+24:00",
                    "2023-11-31T22:13:20",
                    "2023-02-29T22:13:20",
                    "2023-11-14T24:00:00",
                    "2023-11-14T22:13:60",
                    "20231114T221320Z",
                    // One spelling, since the text is signed beside others.
                    "2023-11-14t22:13:20Z",
                    "2023-11-14T22:13:20z",
                    "2023-11-14T22:13:20.1234567890Z",
                    "Tue, 14 Nov 2023 22:13:20 GMT",
                    // Before 1970 there were no callbacks.
                    "1969-12-31T23:59:59Z",
                    "1970-01-01T00:00:00+00:01",
                ],
            ),
            (
                "http-date",
                Unit::HttpDate,
                &[
                    "",
                    "2023-11-14T22:13:20Z",
                    "2023-11-14 22:13:20",
                    "2023-11-14 22:13:20 +0000",
                    "2023-11-14 22:13:20 +0100 CET",
                    "2023-11-14 22:13:20 UTC +0000",
                    "2023-11-14  22:13:20 +0000 UTC",
                    "2023-02-29 22:13:20 +0000 UTC",
                    "2023-11-14 24:13:20 +0000 UTC",
                    "Mon, 14 Nov 2023 22:13:20 GMT",
                    "2023-11-14 22:13:20.1234567890 +0000 UTC",
                    "2023-11-14 22:13:20 +0000 UTC m=",
                    "2023-11-14 22:13:20 +0000 UTC m=+",
                    "2023-11-14 22:13:20 +0000 UTC m=+1x",
                    "2023-11-14 22:13:20 +0000 UTC m=1",
                    // The obsolete forms of RFC 9110, section 5.6.7.
                    "Sunday, 06-Nov-94 08:49:37 GMT",
                    "Sun Nov  6 08:49:37 1994",
                    "Tue, 14 Nov 2023 22:13:20",
                    "Tue, 14 Nov 2023 22:13:20 UTC",
                    "Tue, 14 Nov 2023 22:13:20 +0000",
                    "Tue, 14 Nov 2023 22:13:20 gmt",
                    "tue, 14 Nov 2023 22:13:20 GMT",
                    "Tue, 14 nov 2023 22:13:20 GMT",
                    "Tue 14 Nov 2023 22:13:20 GMT",
                    "Tue,14 Nov 2023 22:13:20 GMT",
                    "Tue, 14  Nov 2023 22:13:20 GMT",
                    "Tue, 4 Nov 2023 22:13:20 GMT",
                    "Tue, 14 Nov 23 22:13:20 GMT",
                    "Tue, 14 Nov 2023 22:13:20 GMT ",
                    " Tue, 14 Nov 2023 22:13:20 GMT",
                    "ueT, 14 Nov 2023 22:13:20 GMT",
                    "onT, 14 Nov 2023 22:13:20 GMT",
                    "Tue, 14 ovD 2023 22:13:20 GMT",
                    ", 14 Nov 2023 22:13:20 GMT",
                    "14 Nov 2023 22:13:20 GMT",
                    "Tue, 31 Nov 2023 22:13:20 GMT",
                    "Tue, 29 Feb 2023 22:13:20 GMT",
                    "Tue, 00 Nov 2023 22:13:20 GMT",
                    "Tue, 14 Nov 2023 24:00:00 GMT",
                    "Tue, 14 Nov 2023 22:60:20 GMT",
                    "Tue, 14 Nov 2023 22:13:60 GMT",
                    "Tue, 14 Nov 2023 22:13:61 GMT",
                    "Tue, 14 Nov 2023 2x:13:20 GMT",
                    "Wed, 31 Dec 1969 23:59:59 GMT",
                ],
            ),
        ] {
            let expected = malformed_header(
                HEADER,
                HeaderProblem::Time {
                    expected: unit.form(),
                },
            );
            for text in texts {
                let result = read(name, text, 0);
                assert_eq!(result, Err(expected.clone()), "{text:?}");
            }
        }
        let expected = malformed_header(HEADER, HeaderProblem::TimeRange);
        assert_eq!(read("ms", "18446744073709551616", 0), Err(expected));
    }
}
