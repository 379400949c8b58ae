//! JSON where JSONTestSuite does not look: duplicate names, depth, numbers, encodings, and the path of a
//! fault. A wallet's is strict, another sender's is what `JSON.parse` reads.

use crate::common::*;
use wallet_callback::error::{PayloadProblem, Rejection};
use wallet_callback::event::{Content, Event};
use wallet_callback::sender::Sender;
use wallet_callback::timestamp::TimestampError;
use wallet_callback::verify::{Options, Verifier};

const DUPLICATE: PayloadProblem = PayloadProblem::DuplicateKey;
const INEXACT: PayloadProblem = PayloadProblem::InexactNumber;
const LONE: PayloadProblem = PayloadProblem::LoneSurrogate;
const TOO_DEEP: PayloadProblem = PayloadProblem::TooDeep { limit: 32 };
/// For another sender.
const TOO_DEEP_TO_PARSE: PayloadProblem = PayloadProblem::TooDeep { limit: 1000 };

/// A wallet's body with these members in its data.
fn in_data(members: &str) -> String {
    format!(r#"{{"type":"test.event","timestamp":"2026-11-23T01:02:03Z","data":{{{members}}}}}"#)
}

fn read_by(verifier: &Verifier, body: impl AsRef<[u8]>) -> Result<Verdict, Rejection> {
    let callback = Callback::signed(verifier.sender(), body);
    callback.verify(verifier)
}

fn read_wallet(body: impl AsRef<[u8]>) -> Result<Event, Rejection> {
    let result = read_by(&verifier(&WALLET, &[SECRET]), body);
    result.map(|verdict| verdict.event)
}

fn read_other(body: impl AsRef<[u8]>) -> Result<Content, Rejection> {
    let result = read_by(&verifier(&STANDARD, &[SECRET]), body);
    result.map(Verdict::content)
}

fn accepts(members: &str) {
    let shown: String = members.chars().take(100).collect();
    assert_eq!(read_wallet(in_data(members)), Ok(Event::Unknown), "{shown}");
    let other = read_other(format!("{{{members}}}"));
    assert_eq!(other, Ok(Content::Json), "{shown}");
}

/// It is refused from a wallet, and handed over from another sender.
fn refuses(members: &str, path: &str, problem: &PayloadProblem) {
    let shown: String = members.chars().take(100).collect();
    let separator = if path.is_empty() || path.starts_with('[') {
        ""
    } else {
        "."
    };
    let expected = malformed_payload(&format!("data{separator}{path}"), problem.clone());
    assert_eq!(read_wallet(in_data(members)), Err(expected), "{shown}");
    let other = read_other(format!("{{{members}}}"));
    let is_json = matches!(other, Ok(Content::Json | Content::Marked(_)));
    assert!(is_json, "{other:?} {shown}");
}

mod duplicates {
    use super::*;

    #[test]
    fn are_refused_however_they_are_written() {
        for (members, path) in [
            (r#""a":1,"a":1"#, "a"),
            (r#""a":1,"a":2"#, "a"),
            (r#""a":1,"\u0061":2"#, "a"),
            (r#""\u0061":1,"a":2"#, "a"),
            (r#""\u0061":1,"\u0061":2"#, "a"),
            (r#""/":1,"\/":2"#, r#"["/"]"#),
            (r#""\n":1,"\u000a":2"#, r#"["\n"]"#),
            (r#""\u00e9":1,"é":2"#, r#"["é"]"#),
            (r#""\ud83d\ude00":1,"😀":2"#, r#"["😀"]"#),
            (r#""\uD83D\uDE00":1,"\ud83d\ude00":2"#, r#"["😀"]"#),
            (r#""":1,"":2"#, r#"[""]"#),
            (r#""\u0000":1,"\u0000":2"#, r#"["\u0000"]"#),
            (r#""a":1,"b":2,"c":3,"a":4"#, "a"),
            (r#""a":1,"b":2,"c":3,"b":4"#, "b"),
            (r#""a":null,"a":{}"#, "a"),
            (r#""b":{"a":1,"a":2}"#, "b.a"),
            (r#""b":[{},{"a":1,"a":2}]"#, "b[1].a"),
            (r#""b":[[{"a":1,"a":2}]]"#, "b[0][0].a"),
            (r#""a":{"b":{"c":1}},"a":1"#, "a"),
            (r#""a":[[1,{"a":2}],"a"],"b":1,"a":1"#, "a"),
        ] {
            refuses(members, path, &DUPLICATE);
        }
    }

    #[test]
    fn in_the_envelope_are_refused() {
        for (body, path) in [
            (
                r#"{"type":"a","type":"b","timestamp":"x","data":{}}"#,
                "type",
            ),
            (
                r#"{"type":"a","t\u0079pe":"b","timestamp":"x","data":{}}"#,
                "type",
            ),
            (
                r#"{"data":{},"type":"a","timestamp":"x","data":{}}"#,
                "data",
            ),
            (
                r#"{"type":"a","timestamp":"x","data":{},"extra":1,"extra":1}"#,
                "extra",
            ),
        ] {
            let expected = malformed_payload(path, DUPLICATE);
            assert_eq!(read_wallet(body), Err(expected), "{body}");
        }
    }

    #[test]
    fn are_not_seen_where_there_are_none() {
        for members in [
            r#""a":1,"A":2"#,
            r#""a":1,"a ":2," a":3"#,
            r#""a":1,"aa":2,"aaa":3"#,
            r#""a":"a","b":"a""#,
            r#""a":{"a":{"a":1}}"#,
            r#""a":[{"a":1},{"a":1}]"#,
            r#""a":{"x":1},"b":{"x":1}"#,
            r#""a\\u0062":1,"ab":2"#,
            "\"\u{e9}\":1,\"e\u{301}\":2",
            r#""\u0000":1,"":2"#,
            "\"K\":1,\"\u{212a}\":2",
            r#""__proto_":1,"proto":2,"constructor":3,"toString":4"#,
        ] {
            accepts(members);
        }
    }

    fn numbered(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("\"k{index}\":1")).collect()
    }

    /// Small objects and large ones are searched in different ways.
    #[test]
    fn are_found_in_objects_of_every_size() {
        for count in [2, 3, 15, 16, 17, 18, 33, 1_000, 10_000] {
            accepts(&numbered(count).join(","));
            let last = count - 1;
            let places = [(0, 1), (0, last), (count / 2, last), (last - 1, last)];
            for (first, second) in places.into_iter().filter(|(first, second)| first < second) {
                let mut members = numbered(count);
                members[second] = format!("\"\\u006b{first}\":2");
                refuses(&members.join(","), &format!("k{first}"), &DUPLICATE);
            }
        }
    }

    /// Names of the same length, first, middle and last byte look alike to a quick comparison.
    #[test]
    fn are_told_from_names_that_look_alike() {
        let alike = [
            ("aXbYc", "aZbWc"),
            ("a1b2c", "a3b4c"),
            ("é_é", "é~é"),
            ("x..y..z", "x,,y,,z"),
        ];
        for (one, other) in alike {
            accepts(&format!("\"{one}\":1,\"{other}\":2"));
            let thrice = format!("\"{one}\":1,\"{other}\":2,\"{one}\":3");
            let path = if one.is_ascii() && !one.contains('.') {
                one.to_owned()
            } else {
                format!("[\"{one}\"]")
            };
            refuses(&thrice, &path, &DUPLICATE);
        }
        let many = |count: usize| -> Vec<String> {
            (0..count)
                .map(|index| format!("\"a{index:04}b{index:04}c\":1"))
                .collect()
        };
        for count in [16, 17, 5_000] {
            accepts(&many(count).join(","));
            let mut members = many(count);
            members.push("\"a0007b0007c\":2".to_owned());
            refuses(&members.join(","), "a0007b0007c", &DUPLICATE);
        }
        // A length of 256 more has the same low byte.
        let (short, long) = ("a".repeat(3), "a".repeat(259));
        accepts(&format!("\"{short}\":1,\"{long}\":2"));
        let twice = format!("\"{long}\":1,\"{short}\":2,\"{long}\":3");
        refuses(&twice, &"a".repeat(64), &DUPLICATE);
    }

    #[test]
    fn are_found_among_long_names_that_differ_at_the_end() {
        let prefix = "x".repeat(1_000);
        let name = |index: usize| format!("\"{prefix}{index}\":1");
        let mut members: Vec<_> = (0..100).map(name).collect();
        accepts(&members.join(","));
        members.push(name(42));
        refuses(&members.join(","), &"x".repeat(64), &DUPLICATE);
    }
}

mod depth {
    use super::*;

    fn nested(open: &str, close: &str, levels: usize) -> String {
        open.repeat(levels) + &close.repeat(levels)
    }

    /// The limit counts every container, the outermost one included.
    #[test]
    fn of_1000_containers_is_accepted_and_of_1001_refused() {
        assert_eq!(read_other(nested("[", "]", 1000)), Ok(Content::Json));
        let path = "[0]".repeat(1000);
        let expected = malformed_payload(&path, TOO_DEEP_TO_PARSE);
        assert_eq!(read_other(nested("[", "]", 1001)), Err(expected));

        let objects = |levels: usize| nested("{\"a\":", "}", levels).replace(":}", ":1}");
        assert_eq!(read_other(objects(1000)), Ok(Content::Json));
        let path = vec!["a"; 1000].join(".");
        let expected = malformed_payload(&path, TOO_DEEP_TO_PARSE);
        assert_eq!(read_other(objects(1001)), Err(expected));

        let mixed = |levels: usize| nested("[{\"a\":", "}]", levels).replace(":}", ":1}");
        assert_eq!(read_other(mixed(500)), Ok(Content::Json));
        let path = "[0].a".repeat(500);
        let expected = malformed_payload(&path, TOO_DEEP_TO_PARSE);
        assert_eq!(read_other(mixed(501)), Err(expected));
    }

    #[test]
    fn of_a_wallets_data_counts_from_the_body() {
        let nested = |levels| format!("\"a\":{}", nested("[", "]", levels));
        assert_eq!(read_wallet(in_data(&nested(30))), Ok(Event::Unknown));
        let path = format!("data.a{}", "[0]".repeat(30));
        let expected = malformed_payload(&path, TOO_DEEP);
        assert_eq!(read_wallet(in_data(&nested(31))), Err(expected));
    }

    #[test]
    fn is_not_used_up_by_what_stands_side_by_side() {
        let siblings = vec![nested("[", "]", 29); 1_000].join(",");
        accepts(&format!("\"a\":[{siblings}]"));
        assert_eq!(
            read_other("[[],{}]".replace("[]", &nested("[", "]", 999))),
            Ok(Content::Json)
        );
    }

    #[test]
    fn is_counted_in_containers_and_not_in_brackets_of_strings() {
        accepts(&format!("\"a\":\"{}\"", "[{".repeat(1_000)));
    }
}

mod strings {
    use super::*;

    #[test]
    fn have_surrogates_in_pairs() {
        for text in [
            r"\ud83d\ude00",
            r"\uD83D\uDE00",
            r"\uD800\uDC00",
            r"\uDBFF\uDFFF",
            r"a\ud83d\ude00b",
            r"\ud83d\ude00\ud83d\ude00",
            r"\ud7ff\ue000",
            "😀",
        ] {
            accepts(&format!("\"a\":\"{text}\""));
            accepts(&format!("\"{text}\":1"));
        }
        for text in [
            r"\ud83d",
            r"\ude00",
            r"\ud800",
            r"\udbff",
            r"\udc00",
            r"\udfff",
            r"\ude00\ud83d",
            r"\ud83d\ud83d\ude00",
            r"\ud83d\ude00\ude00",
            r"\ud83da",
            r"\ud83d\n",
            r"\ud83d\u0061",
            r"\ud83d \ude00",
            r"\ud83d\\ude00",
            "\\ud83d😀",
        ] {
            refuses(&format!("\"a\":\"{text}\""), "a", &LONE);
            refuses(&format!("\"{text}\":1"), "", &LONE);
        }
    }

    #[test]
    fn have_no_bare_control_characters() {
        // Strings are read in stretches: the character stands at every place of one.
        for before in 0..40 {
            for control in ['\0', '\u{1}', '\n', '\t', '\u{1f}'] {
                let members = format!("\"a\":\"{}{control}\"", "x".repeat(before));
                let expected = "an escape in place of a control character";
                let offset = "{\"a\":\"".len() + before;
                let problem = PayloadProblem::Syntax { expected, offset };
                let result = read_other(format!("{{{members}}}"));
                assert_eq!(result, Err(malformed_payload("a", problem)));
            }
            let members = format!("\"a\":\"{}\u{7f}\u{80}\\u0000\\\"\"", "x".repeat(before));
            accepts(&members);
        }
    }

    #[test]
    fn end_at_their_quote_and_nowhere_else() {
        for before in 0..40 {
            let text = "x".repeat(before);
            accepts(&format!(
                "\"a\":\"{text}\",\"b\":\"{text}\\\\\",\"c\":\"\\\"{text}\""
            ));
            let offset = "{\"a\":\"\"".len() + before;
            let problem = PayloadProblem::Syntax {
                expected: "`,` or `}`",
                offset,
            };
            let result = read_other(format!("{{\"a\":\"{text}\"x}}"));
            assert_eq!(result, Err(malformed_payload("", problem)));
        }
    }
}

mod numbers {
    use super::*;

    #[test]
    fn that_a_double_carries_are_accepted() {
        for number in [
            "0",
            "-0",
            "-0.0",
            "0e0",
            "9007199254740991",
            "-9007199254740991",
            "9007199254740990",
            "999999999999999",
            "0.1",
            "1e22",
            "-1E-9",
            "123456.123456789",
        ] {
            accepts(&format!("\"a\":{number}"));
        }
        // Another sender's is looked at again, in JavaScript: whether its digits come through.
        for number in [
            "1e307",
            "9.99e307",
            "1e+307",
            "1e-324",
            "1e-400",
            "0.1234567890123456",
        ] {
            let members = format!("\"a\":{number}");
            assert_eq!(read_wallet(in_data(&members)), Ok(Event::Unknown));
            let marked = format!("{{\"a\":\"\\u0000{number}\"}}");
            assert_eq!(
                read_other(format!("{{{members}}}")),
                Ok(Content::Marked(marked))
            );
        }
    }

    #[test]
    fn that_do_not_fit_a_double_are_refused() {
        for number in [
            "1e308",
            "-1e308",
            "1.7976931348623157e308",
            "1e309",
            "1e400",
            "-1e400",
            "10e307",
            "0.1e99999999999999999999",
            "1e9223372036854775807",
            "1e9223372036854775808",
            &format!("1{}.0", "0".repeat(308)),
            &format!("1{}e0", "0".repeat(308)),
        ] {
            refuses(&format!("\"a\":{number}"), "a", &INEXACT);
        }
    }

    #[test]
    fn that_are_integers_above_2_to_the_53_are_refused_from_wallets_alone() {
        for number in [
            "9007199254740992",
            "9007199254740993",
            "-9007199254740992",
            "10000000000000000",
            "18446744073709551615",
            "18446744073709551616",
            "9007199254740993.0",
            "9007199254740993e0",
            "18446744073709551617.5",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        ] {
            let members = format!("\"a\":{number}");
            let expected = malformed_payload("data.a", INEXACT);
            assert_eq!(read_wallet(in_data(&members)), Err(expected), "{number}");
            let marked = format!("{{\"a\":\"\\u0000{number}\"}}");
            let result = read_other(format!("{{{members}}}"));
            assert_eq!(result, Ok(Content::Marked(marked)), "{number}");
        }
    }

    #[test]
    fn are_written_as_json_has_them() {
        let (value, digit, end) = ("a value", "a digit", "`,` or `}`");
        for (number, expected, offset) in [
            ("00", end, 1),
            ("01", end, 1),
            ("-01", end, 2),
            ("0x10", end, 1),
            ("0b1", end, 1),
            ("0o7", end, 1),
            ("1_000", end, 1),
            ("1n", end, 1),
            ("1.0f", end, 3),
            ("1..0", digit, 2),
            ("1.", digit, 2),
            (".5", value, 0),
            ("+1", value, 0),
            ("-", digit, 1),
            ("--1", digit, 1),
            ("1e", digit, 2),
            ("1e+", digit, 3),
            ("1e1.5", end, 3),
            ("NaN", value, 0),
            ("-NaN", digit, 1),
            ("Infinity", value, 0),
            ("-Infinity", digit, 1),
            ("１", value, 0),
            ("1１", end, 1),
            ("undefined", value, 0),
        ] {
            let path = if expected == end { "" } else { "a" };
            let offset = "{\"a\":".len() + offset;
            let problem = PayloadProblem::Syntax { expected, offset };
            let result = read_other(format!("{{\"a\":{number}}}"));
            assert_eq!(result, Err(malformed_payload(path, problem)), "{number}");
        }
    }
}

mod bytes {
    use super::*;

    #[test]
    fn that_are_not_utf_8_are_refused_from_wallets_and_handed_over_from_others() {
        let body = in_data(r#""a":"@""#);
        let offset = body.find('@').unwrap();
        for (name, bytes) in [
            ("a lone continuation", &[0x80][..]),
            ("a lone lead", &[0xc3]),
            ("an overlong slash", &[0xc0, 0xaf]),
            ("an overlong quote", &[0xc0, 0xa2]),
            ("an overlong nul", &[0xc0, 0x80]),
            ("an overlong three-byte form", &[0xe0, 0x80, 0xaf]),
            ("an overlong four-byte form", &[0xf0, 0x80, 0x80, 0xaf]),
            ("a high surrogate", &[0xed, 0xa0, 0x80]),
            ("a low surrogate", &[0xed, 0xb0, 0x80]),
            (
                "a pair of surrogates",
                &[0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
            ),
            ("above U+10FFFF", &[0xf4, 0x90, 0x80, 0x80]),
            ("five bytes", &[0xf8, 0x88, 0x80, 0x80, 0x80]),
            ("a truncated form", &[0xf0, 0x9f, 0x98]),
            ("latin-1", &[0xe9]),
            ("0xff", &[0xff]),
        ] {
            let (before, after) = body.split_once('@').unwrap();
            let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
            let expected = malformed_payload("", PayloadProblem::NotUtf8 { offset });
            assert_eq!(read_wallet(&body), Err(expected), "{name}");
            assert_eq!(read_other(&body), Ok(Content::Binary), "{name}");
        }
    }

    #[test]
    fn of_a_byte_order_mark_are_refused_from_wallets_alone() {
        let expected = malformed_payload("", PayloadProblem::ByteOrderMark);
        let body = format!("\u{feff}{}", in_data(""));
        assert_eq!(read_wallet(&body), Err(expected));
        assert_eq!(read_other(&body), Ok(Content::Json));
        for (text, offset) in [
            ("\u{feff}", 3),
            ("\u{feff}\u{feff}{}", 3),
            (" \u{feff}{}", 1),
        ] {
            let expected = "a value";
            let problem = PayloadProblem::Syntax { expected, offset };
            let result = read_other(text);
            assert_eq!(result, Err(malformed_payload("", problem)), "{text:?}");
        }
        accepts("\"\u{feff}\":\"\u{feff}\"");
    }

    #[test]
    fn behind_the_value_are_refused_but_for_white_space() {
        let body = in_data("");
        assert_eq!(
            read_wallet(format!(" \t\r\n{body} \t\r\n")),
            Ok(Event::Unknown)
        );
        let offset = body.len();
        for trailing in [
            "x", "{}", ",", "}", "\0", "//", "\u{feff}", "\u{a0}", "\u{b}", "\u{c}", "\u{2028}",
            "\u{85}",
        ] {
            let expected = malformed_payload("", PayloadProblem::TrailingData { offset });
            let body = format!("{body}{trailing}");
            assert_eq!(read_wallet(&body), Err(expected.clone()), "{trailing:?}");
            assert_eq!(read_other(&body), Err(expected), "{trailing:?}");
        }
        let result = read_wallet(format!("{body} \n{{}}"));
        let offset = offset + 2;
        let expected = malformed_payload("", PayloadProblem::TrailingData { offset });
        assert_eq!(result, Err(expected));
    }

    #[test]
    fn that_are_none_or_white_space_are_no_json() {
        let nothing = |offset| {
            let expected = "a value";
            malformed_payload("", PayloadProblem::Syntax { expected, offset })
        };
        assert_eq!(read_wallet(""), Err(nothing(0)));
        assert_eq!(read_other(""), Ok(Content::Empty));
        for (text, offset) in [
            (" ", 1),
            ("\n\n", 2),
            (" \t\r\n", 4),
            ("\u{a0}", 0),
            ("\0", 0),
            ("\u{c}", 0),
        ] {
            assert_eq!(read_wallet(text), Err(nothing(offset)), "{text:?}");
            assert_eq!(read_other(text), Err(nothing(offset)), "{text:?}");
        }
    }
}

/// The faults are found where they are: as JavaScript would write the way to them.
#[test]
fn a_path_names_the_member_at_fault() {
    for (members, path) in [
        (r#""a":1e999"#, "a"),
        (r#""a":{"b":1e999}"#, "a.b"),
        (r#""a":[1e999]"#, "a[0]"),
        (r#""accounts":[{"address":1e999}]"#, "accounts[0].address"),
        (r#""a":[0,[0,0,{"b":[1e999]}]]"#, "a[1][2].b[0]"),
        (r#""a b":1e999"#, r#"["a b"]"#),
        (r#""a b":{"c":1e999}"#, r#"["a b"].c"#),
        (r#""a":{"b.c":1e999}"#, r#"a["b.c"]"#),
        (r#""a-b":1e999"#, r#"["a-b"]"#),
        (r#""":1e999"#, r#"[""]"#),
        (r#""é":1e999"#, r#"["é"]"#),
        (r#""😀":1e999"#, r#"["😀"]"#),
        (r#""$_9":1e999"#, "$_9"),
        (r#""a\"b":1e999"#, r#"["a\"b"]"#),
        (r#""a\\b":1e999"#, r#"["a\\b"]"#),
        (r#""a]b":1e999"#, r#"["a]b"]"#),
        (r#""\u0000\n":1e999"#, r#"["\u0000\n"]"#),
        (r#""\u0061\u0062":1e999"#, "ab"),
        (r#""\ud83d\ude00":1e999"#, r#"["😀"]"#),
        (
            r#""constructor":{"polluted":1e999}"#,
            "constructor.polluted",
        ),
        (
            r#""before":[1,2],"after":{},"a":[{},{},{"x":1,"y":1e999}]"#,
            "a[2].y",
        ),
    ] {
        refuses(members, path, &INEXACT);
    }
}

/// Another reader may take it for the prototype of the object. Other senders' bodies keep it.
#[test]
fn proto_is_refused_however_it_is_written() {
    let problem = PayloadProblem::Unexpected {
        expected: "another name of a member",
        actual: "__proto__",
    };
    for (members, path) in [
        (r#""__proto__":1"#, "data.__proto__"),
        (r#""\u005f_proto__":{}"#, "data.__proto__"),
        (r#""__pr\u006fto__":null"#, "data.__proto__"),
        (r#""a":[{"b":{"__proto__":1}}]"#, "data.a[0].b.__proto__"),
    ] {
        let expected = malformed_payload(path, problem.clone());
        assert_eq!(read_wallet(in_data(members)), Err(expected), "{members}");
        let other = read_other(format!("{{{members}}}"));
        assert_eq!(other, Ok(Content::Json), "{members}");
    }
    for members in [
        r#""__proto_":1"#,
        r#""__proto__x":1"#,
        r#""___o_____":1"#,
        r#""\u0061":1"#,
    ] {
        accepts(members);
    }
}

#[test]
fn a_path_quotes_64_characters_of_a_long_name() {
    for (character, before, after) in [("a", "", ""), ("é", "[\"", "\"]"), ("😀", "[\"", "\"]")]
    {
        let path = format!("{before}{}{after}", character.repeat(64));
        for count in [64, 65, 10_000] {
            let members = format!("\"{}\":1e999", character.repeat(count));
            refuses(&members, &path, &INEXACT);
        }
    }
}

/// The first fault of the text is the one that is reported; an object's own duplicates are looked for
/// at its end.
#[test]
fn the_first_fault_is_reported() {
    refuses(r#""a":1e999,"b":"\ud800""#, "a", &INEXACT);
    refuses(r#""a":"\ud800","b":1e999"#, "a", &LONE);
    refuses(r#""a":1,"a":1e999"#, "a", &INEXACT);
    refuses(r#""a":{"b":1,"b":2},"c":1e999"#, "a.b", &DUPLICATE);
}

mod the_envelope {
    use super::*;

    const OBJECT: &str = "an object with type, timestamp and data";
    const TYPE: &str = "a non-empty string";
    const TIMESTAMP: &str = "an rfc 3339 date-time";
    const DATA: &str = "an object";

    fn unexpected(path: &str, expected: &'static str, actual: &'static str) -> Rejection {
        malformed_payload(path, PayloadProblem::Unexpected { expected, actual })
    }

    fn body(kind: &str, timestamp: &str, data: &str) -> String {
        format!(r#"{{"type":{kind},"timestamp":{timestamp},"data":{data}}}"#)
    }

    const GOOD: [&str; 3] = [r#""test.event""#, r#""2026-11-23T01:02:03Z""#, "{}"];

    #[test]
    fn is_an_object() {
        for (text, actual) in [
            ("null", "null"),
            ("true", "a boolean"),
            ("1", "a number"),
            ("\"{}\"", "a string"),
            ("[]", "an array"),
            ("[{}]", "an array"),
        ] {
            let expected = unexpected("", OBJECT, actual);
            assert_eq!(read_wallet(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn has_its_members_in_any_order_and_others_beside_them() {
        let [kind, timestamp, data] = GOOD;
        for body in [
            body(kind, timestamp, data),
            format!(r#"{{"data":{data},"timestamp":{timestamp},"type":{kind}}}"#),
            format!(
                r#"{{"id":1,"type":{kind},"x":null,"timestamp":{timestamp},"data":{data},"":[]}}"#
            ),
            format!(r#"{{"t\u0079pe":{kind},"timestamp":{timestamp},"data":{data}}}"#),
            body("\"\\u0000\"", timestamp, data),
            body("\" \"", timestamp, data),
        ] {
            assert_eq!(read_wallet(&body), Ok(Event::Unknown), "{body}");
        }
    }

    #[test]
    fn lacks_none_of_its_members() {
        let [kind, timestamp, data] = GOOD;
        for (body, path, expected) in [
            ("{}".to_owned(), "type", TYPE),
            (
                format!(r#"{{"timestamp":{timestamp},"data":{data}}}"#),
                "type",
                TYPE,
            ),
            (
                format!(r#"{{"Type":{kind},"timestamp":{timestamp},"data":{data}}}"#),
                "type",
                TYPE,
            ),
            (
                format!(r#"{{"data":{{"type":{kind}}},"timestamp":{timestamp}}}"#),
                "type",
                TYPE,
            ),
            (
                format!(r#"{{"type":{kind},"data":{data}}}"#),
                "timestamp",
                TIMESTAMP,
            ),
            (
                format!(r#"{{"type":{kind},"timestamp":{timestamp}}}"#),
                "data",
                DATA,
            ),
        ] {
            let problem = PayloadProblem::Missing { expected };
            let expected = malformed_payload(path, problem);
            assert_eq!(read_wallet(&body), Err(expected), "{body}");
        }
    }

    #[test]
    fn has_members_of_the_right_kind() {
        let [kind, timestamp, data] = GOOD;
        let kinds = [
            ("null", "null"),
            ("false", "a boolean"),
            ("1700000000", "a number"),
            ("[]", "an array"),
        ];
        let object = [("{}", "an object")];
        for (text, actual) in kinds.into_iter().chain(object) {
            let expected = unexpected("type", TYPE, actual);
            assert_eq!(read_wallet(body(text, timestamp, data)), Err(expected));
            let expected = unexpected("timestamp", TIMESTAMP, actual);
            assert_eq!(read_wallet(body(kind, text, data)), Err(expected));
        }
        let expected = unexpected("type", TYPE, "a string");
        assert_eq!(read_wallet(body("\"\"", timestamp, data)), Err(expected));
        for (text, actual) in kinds.into_iter().chain([("\"{}\"", "a string")]) {
            let expected = unexpected("data", DATA, actual);
            assert_eq!(read_wallet(body(kind, timestamp, text)), Err(expected));
        }
    }

    #[test]
    fn has_a_point_in_time_that_exists() {
        let [kind, _, data] = GOOD;
        for (text, problem) in [
            ("", TimestampError::Form),
            ("now", TimestampError::Form),
            ("1700000000", TimestampError::Form),
            ("2026-11-23", TimestampError::Form),
            ("2026-11-23T01:02:03", TimestampError::Form),
            ("2026-11-23 01:02:03Z", TimestampError::Form),
            (" 2026-11-23T01:02:03Z", TimestampError::Form),
            ("2026-11-23T01:02:03Z\\n", TimestampError::Form),
            ("2026-02-29T01:02:03Z", TimestampError::Date),
            ("2026-11-23T24:00:00Z", TimestampError::Time),
            ("2026-11-23T01:02:03+24:00", TimestampError::Offset),
        ] {
            let problem = PayloadProblem::value(&problem);
            let expected = malformed_payload("timestamp", problem);
            let body = body(kind, &format!("\"{text}\""), data);
            assert_eq!(read_wallet(&body), Err(expected), "{text}");
        }
    }
}

/// What costs more than a pass over the text would be felt here, at sizes that a receiver may allow.
mod large_bodies {
    use super::*;

    fn verifier(sender: &Sender) -> Verifier {
        let mut options: Options = options(sender, &[SECRET]);
        options.max_body_bytes = 16 << 20;
        Verifier::new(options).unwrap()
    }

    #[test]
    fn of_many_members_or_long_strings_are_read() {
        let (wallet, other) = (verifier(&WALLET), verifier(&STANDARD));
        let members = |count: usize| -> String {
            let members: Vec<_> = (0..count)
                .map(|index| format!("\"k{index}\":{index}"))
                .collect();
            members.join(",")
        };
        for members in [
            members(100_000),
            format!("\"a\":\"{}\"", "x".repeat(1 << 20)),
            format!("\"a\":\"{}\"", "\\u00e9".repeat(1 << 18)),
            format!("\"a\":\"{}\"", "\\n".repeat(1 << 19)),
            format!("\"{}\":1", "x".repeat(1 << 20)),
            format!("\"{}\":1", "\\u0061".repeat(1 << 18)),
            format!("\"a\":[{}0]", "0,".repeat(500_000)),
            format!("\"a\":[{}0]", "{},".repeat(200_000)),
            format!("\"a\":[{}0]", "{\"a\":[{}]},".repeat(50_000)),
            format!("\"a\":{}1", " ".repeat(1 << 20)),
        ] {
            let read = read_by(&wallet, in_data(&members));
            assert_eq!(read, Ok(accepted(Event::Unknown)));
            let read = read_by(&other, format!("{{{members}}}"));
            assert_eq!(read, Ok(accepted_other(Content::Json)));
        }
        for number in [
            format!("0.{}1", "0".repeat(1 << 20)),
            format!("1e-{}", "9".repeat(1 << 20)),
        ] {
            let read = read_by(&wallet, in_data(&format!("\"a\":{number}")));
            assert_eq!(read, Ok(accepted(Event::Unknown)));
            let read = read_by(&other, format!("[{number}]"));
            let marked = format!("[\"\\u0000{number}\"]");
            assert_eq!(read, Ok(accepted_other(Content::Marked(marked))));
        }
        let twice = format!("{},\"k77\":0", members(100_000));
        let expected = malformed_payload("data.k77", DUPLICATE);
        assert_eq!(read_by(&wallet, in_data(&twice)), Err(expected));
    }

    #[test]
    fn of_one_bracket_are_refused_at_the_limit() {
        let other = verifier(&STANDARD);
        let expected = malformed_payload(&"[0]".repeat(1000), TOO_DEEP_TO_PARSE);
        assert_eq!(read_by(&other, "[".repeat(4 << 20)), Err(expected));
    }
}
