//! The parsing cases of JSONTestSuite, by Nicolas Seriot, under their names there
//! (<https://github.com/nst/JSONTestSuite>, directory `test_parsing`): `y_` has to be accepted, `n_`
//! refused, and on `i_` parsers may differ, so what is decided here is written down.

use crate::common::*;
use wallet_callback::error::{PayloadProblem, Rejection};
use wallet_callback::event::{Content, Event};

type Text = (&'static str, &'static [u8]);
type Refused = (&'static str, &'static [u8], &'static str, PayloadProblem);

/// The suite's size, so that a case cannot get lost. Two `n_` and one `i_` are too long for a table.
#[test]
fn the_suite_is_complete() {
    assert_eq!(MUST_ACCEPT.len() + DUPLICATES.len(), 95);
    assert_eq!(MUST_REFUSE.len() + 2, 193);
    assert_eq!(ACCEPTED.len() + REFUSED.len() + BIG_INTEGERS.len() + 1, 35);
}

#[test]
fn what_must_be_accepted_is_accepted() {
    for (name, text) in MUST_ACCEPT.iter().chain(ACCEPTED) {
        let other = read(text);
        let is_json = matches!(other, Ok(Content::Json | Content::Marked(_)));
        assert!(is_json, "{name} {other:?}");
        assert_eq!(read_in_data(text), Ok(Event::Unknown), "{name}");
    }
}

#[test]
fn what_must_be_refused_is_refused() {
    for (name, text, path, problem) in MUST_REFUSE.iter().chain(REFUSED) {
        let refused = malformed_payload(path, problem.clone());
        assert_eq!(read_wallet(text), Err(refused.clone()), "{name}");
        // Another sender may post no JSON at all, and says so by an empty body or by no text. What
        // `JSON.parse` reads is handed over.
        match (problem, read(text)) {
            (PayloadProblem::NotUtf8 { .. }, other) => {
                assert_eq!(other, Ok(Content::Binary), "{name}")
            }
            // The first fault to `JSON.parse` is a later one.
            (PayloadProblem::LoneSurrogate, Err(Rejection::MalformedPayload { .. }))
                if name.starts_with("n_") => {}
            (PayloadProblem::LoneSurrogate | PayloadProblem::InexactNumber, other) => {
                let is_json = matches!(other, Ok(Content::Json | Content::Marked(_)));
                assert!(is_json, "{name} {other:?}");
            }
            (PayloadProblem::ByteOrderMark, other) => match *name {
                "n_structure_UTF8_BOM_no_data" => {
                    assert_eq!(other, Err(malformed_payload("", syntax("a value", 3))));
                }
                _ => assert_eq!(other, Ok(Content::Json), "{name}"),
            },
            (_, other) if text.is_empty() => assert_eq!(other, Ok(Content::Empty), "{name}"),
            (_, other) => assert_eq!(other, Err(refused), "{name}"),
        }
        assert!(
            matches!(read_in_data(text), Err(Rejection::MalformedPayload { .. })),
            "{name}"
        );
    }
}

/// RFC 8259 lets duplicate names pass and parsers take the first, the last or both: RFC 7493, section
/// 2.3, forbids them, and so does a wallet's format.
#[test]
fn duplicate_names_are_refused_from_wallets_though_the_suite_accepts_them() {
    for (name, text) in DUPLICATES {
        assert_eq!(read(text), Ok(Content::Json), "{name}");
        let refused = Err(malformed_payload("data.x.a", PayloadProblem::DuplicateKey));
        assert_eq!(read_in_data(text), refused, "{name}");
    }
}

/// What a wallet posts is money and has to be exact; another sender's ids may be long integers.
#[test]
fn integers_beyond_a_double_are_refused_from_wallets_alone() {
    for (name, text) in BIG_INTEGERS {
        let refused = Err(malformed_payload("[0]", PayloadProblem::InexactNumber));
        assert_eq!(read_wallet(text), refused, "{name}");
        let other = read(text);
        assert!(matches!(other, Ok(Content::Marked(_))), "{name} {other:?}");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_before_the_stack_ends() {
    let too_deep = |path: &str, limit| {
        let path = path.repeat(limit / path.matches('[').count());
        Err(malformed_payload(&path, PayloadProblem::TooDeep { limit }))
    };
    let name = "i_structure_500_nested_arrays";
    let text = "[".repeat(500) + &"]".repeat(500);
    assert_eq!(
        read_wallet(text.as_bytes()),
        too_deep("[0]", 32).map(|()| Event::Unknown),
        "{name}"
    );
    assert_eq!(read(text.as_bytes()), Ok(Content::Json), "{name}");
    for (name, text, path) in [
        (
            "n_structure_100000_opening_arrays",
            "[".repeat(100_000),
            "[0]",
        ),
        (
            "n_structure_open_array_object",
            "[{\"\":".repeat(50_000) + "\n",
            "[0][\"\"]",
        ),
    ] {
        let wallet = read_wallet(text.as_bytes());
        assert_eq!(
            wallet,
            too_deep(path, 32).map(|()| Event::Unknown),
            "{name}"
        );
        let other = read(text.as_bytes());
        assert_eq!(
            other,
            too_deep(path, 1000).map(|()| Content::Json),
            "{name}"
        );
    }
}

/// The text as the body of a sender whose payload is its own affair.
fn read(text: &[u8]) -> Result<Content, Rejection> {
    let result = Callback::signed(&STANDARD, text).verify(&verifier(&STANDARD, &[SECRET]));
    result.map(Verdict::content)
}

/// The text as the body of a wallet.
fn read_wallet(text: &[u8]) -> Result<Event, Rejection> {
    let result = Callback::signed(&WALLET, text).verify(&verifier(&WALLET, &[SECRET]));
    result.map(|verdict| verdict.event)
}

/// The text as a member of a wallet's data.
fn read_in_data(text: &[u8]) -> Result<Event, Rejection> {
    let start = br#"{"type":"test.event","timestamp":"2026-11-23T01:02:03Z","data":{"x":"#;
    read_wallet(&[start.as_slice(), text, b"}}"].concat())
}

const fn syntax(expected: &'static str, offset: usize) -> PayloadProblem {
    PayloadProblem::Syntax { expected, offset }
}

/// `y_`, but for [`DUPLICATES`].
const MUST_ACCEPT: &[Text] = &[
    ("y_array_arraysWithSpaces", b"[[]   ]"),
    ("y_array_empty-string", br#"[""]"#),
    ("y_array_empty", b"[]"),
    ("y_array_ending_with_newline", br#"["a"]"#),
    ("y_array_false", b"[false]"),
    ("y_array_heterogeneous", br#"[null, 1, "1", {}]"#),
    ("y_array_null", b"[null]"),
    ("y_array_with_1_and_newline", b"[1\n]"),
    ("y_array_with_leading_space", b" [1]"),
    ("y_array_with_several_null", b"[1,null,null,null,2]"),
    ("y_array_with_trailing_space", b"[2] "),
    ("y_number", b"[123e65]"),
    ("y_number_0e+1", b"[0e+1]"),
    ("y_number_0e1", b"[0e1]"),
    ("y_number_after_space", b"[ 4]"),
    ("y_number_double_close_to_zero", b"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]"),
    ("y_number_int_with_exp", b"[20e1]"),
    ("y_number_minus_zero", b"[-0]"),
    ("y_number_negative_int", b"[-123]"),
    ("y_number_negative_one", b"[-1]"),
    ("y_number_negative_zero", b"[-0]"),
    ("y_number_real_capital_e", b"[1E22]"),
    ("y_number_real_capital_e_neg_exp", b"[1E-2]"),
    ("y_number_real_capital_e_pos_exp", b"[1E+2]"),
    ("y_number_real_exponent", b"[123e45]"),
    ("y_number_real_fraction_exponent", b"[123.456e78]"),
    ("y_number_real_neg_exp", b"[1e-2]"),
    ("y_number_real_pos_exponent", b"[1e+2]"),
    ("y_number_simple_int", b"[123]"),
    ("y_number_simple_real", b"[123.456789]"),
    ("y_object", br#"{"asd":"sdf", "dfg":"fgh"}"#),
    ("y_object_basic", br#"{"asd":"sdf"}"#),
    ("y_object_empty", b"{}"),
    ("y_object_empty_key", br#"{"":0}"#),
    ("y_object_escaped_null_in_key", br#"{"foo\u0000bar": 42}"#),
    ("y_object_extreme_numbers", br#"{ "min": -1.0e+28, "max": 1.0e+28 }"#),
    ("y_object_long_strings", br#"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#),
    ("y_object_simple", br#"{"a":[]}"#),
    ("y_object_string_unicode", br#"{"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430 \u0417\u0435\u043c\u043b\u0435\u043a\u043e\u043f\u0430" }"#),
    ("y_object_with_newlines", b"{\n\"a\": \"b\"\n}"),
    ("y_string_1_2_3_bytes_UTF-8_sequences", br#"["\u0060\u012a\u12AB"]"#),
    ("y_string_accepted_surrogate_pair", br#"["\uD801\udc37"]"#),
    ("y_string_accepted_surrogate_pairs", br#"["\ud83d\ude39\ud83d\udc8d"]"#),
    ("y_string_allowed_escapes", br#"["\"\\\/\b\f\n\r\t"]"#),
    ("y_string_backslash_and_u_escaped_zero", br#"["\\u0000"]"#),
    ("y_string_backslash_doublequotes", br#"["\""]"#),
    ("y_string_comments", br#"["a/*b*/c/*d//e"]"#),
    ("y_string_double_escape_a", br#"["\\a"]"#),
    ("y_string_double_escape_n", br#"["\\n"]"#),
    ("y_string_escaped_control_character", br#"["\u0012"]"#),
    ("y_string_escaped_noncharacter", br#"["\uFFFF"]"#),
    ("y_string_in_array", br#"["asd"]"#),
    ("y_string_last_surrogates_1_and_2", br#"["\uDBFF\uDFFF"]"#),
    ("y_string_nbsp_uescaped", br#"["new\u00A0line"]"#),
    ("y_string_nonCharacterInUTF-8_U+10FFFF", b"[\"\xf4\x8f\xbf\xbf\"]"),
    ("y_string_nonCharacterInUTF-8_U+FFFF", b"[\"\xef\xbf\xbf\"]"),
    ("y_string_null_escape", br#"["\u0000"]"#),
    ("y_string_one-byte-utf-8", br#"["\u002c"]"#),
    ("y_string_pi", b"[\"\xcf\x80\"]"),
    ("y_string_reservedCharacterInUTF-8_U+1BFFF", b"[\"\xf0\x9b\xbf\xbf\"]"),
    ("y_string_simple_ascii", br#"["asd "]"#),
    ("y_string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF", br#"["\uD834\uDd1e"]"#),
    ("y_string_three-byte-utf-8", br#"["\u0821"]"#),
    ("y_string_two-byte-utf-8", br#"["\u0123"]"#),
    ("y_string_u+2028_line_sep", b"[\"\xe2\x80\xa8\"]"),
    ("y_string_u+2029_par_sep", b"[\"\xe2\x80\xa9\"]"),
    ("y_string_uEscape", br#"["\u0061\u30af\u30EA\u30b9"]"#),
    ("y_string_uescaped_newline", br#"["new\u000Aline"]"#),
    ("y_string_unescaped_char_delete", b"[\"\x7f\"]"),
    ("y_string_unicode", br#"["\uA66D"]"#),
    ("y_string_unicodeEscapedBackslash", br#"["\u005C"]"#),
    ("y_string_unicode_2", b"[\"\xe2\x8d\x82\xe3\x88\xb4\xe2\x8d\x82\"]"),
    ("y_string_unicode_U+10FFFE_nonchar", br#"["\uDBFF\uDFFE"]"#),
    ("y_string_unicode_U+1FFFE_nonchar", br#"["\uD83F\uDFFE"]"#),
    ("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", br#"["\u200B"]"#),
    ("y_string_unicode_U+2064_invisible_plus", br#"["\u2064"]"#),
    ("y_string_unicode_U+FDD0_nonchar", br#"["\uFDD0"]"#),
    ("y_string_unicode_U+FFFE_nonchar", br#"["\uFFFE"]"#),
    ("y_string_unicode_escaped_double_quote", br#"["\u0022"]"#),
    ("y_string_utf8", b"[\"\xe2\x82\xac\xf0\x9d\x84\x9e\"]"),
    ("y_string_with_del_character", b"[\"a\x7fa\"]"),
    ("y_string_in_array_with_leading_space", br#"[ "asd"]"#),
    ("y_string_space", br#"" ""#),
    ("y_structure_lonely_false", b"false"),
    ("y_structure_lonely_int", b"42"),
    ("y_structure_lonely_negative_real", b"-0.1"),
    ("y_structure_lonely_null", b"null"),
    ("y_structure_lonely_string", br#""asd""#),
    ("y_structure_lonely_true", b"true"),
    ("y_structure_string_empty", br#""""#),
    ("y_structure_trailing_newline", b"[\"a\"]\n"),
    ("y_structure_true_in_array", b"[true]"),
    ("y_structure_whitespace_array", b" [] "),
];

/// `y_` that are refused all the same.
const DUPLICATES: &[Text] = &[
    ("y_object_duplicated_key", br#"{"a":"b","a":"c"}"#),
    ("y_object_duplicated_key_and_value", br#"{"a":"b","a":"b"}"#),
];

/// `n_`.
const MUST_REFUSE: &[Refused] = &[
    (
        "n_array_1_true_without_comma",
        b"[1 true]",
        "",
        syntax("`,` or `]`", 3),
    ),
    (
        "n_array_a_invalid_utf8",
        b"[a\xe5]",
        "",
        PayloadProblem::NotUtf8 { offset: 2 },
    ),
    (
        "n_array_colon_instead_of_comma",
        br#"["": 1]"#,
        "",
        syntax("`,` or `]`", 3),
    ),
    (
        "n_array_comma_after_close",
        br#"[""],"#,
        "",
        PayloadProblem::TrailingData { offset: 4 },
    ),
    (
        "n_array_comma_and_number",
        b"[,1]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_array_double_comma",
        b"[1,,2]",
        "[1]",
        syntax("a value", 3),
    ),
    (
        "n_array_double_extra_comma",
        br#"["x",,]"#,
        "[1]",
        syntax("a value", 5),
    ),
    (
        "n_array_extra_close",
        br#"["x"]]"#,
        "",
        PayloadProblem::TrailingData { offset: 5 },
    ),
    (
        "n_array_extra_comma",
        br#"["",]"#,
        "[1]",
        syntax("a value", 4),
    ),
    (
        "n_array_incomplete",
        br#"["x""#,
        "",
        syntax("`,` or `]`", 4),
    ),
    (
        "n_array_incomplete_invalid_value",
        b"[x",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_array_inner_array_no_comma",
        b"[3[4]]",
        "",
        syntax("`,` or `]`", 2),
    ),
    (
        "n_array_invalid_utf8",
        b"[\xff]",
        "",
        PayloadProblem::NotUtf8 { offset: 1 },
    ),
    (
        "n_array_items_separated_by_semicolon",
        b"[1:2]",
        "",
        syntax("`,` or `]`", 2),
    ),
    ("n_array_just_comma", b"[,]", "[0]", syntax("a value", 1)),
    ("n_array_just_minus", b"[-]", "[0]", syntax("a digit", 2)),
    (
        "n_array_missing_value",
        br#"[   , ""]"#,
        "[0]",
        syntax("a value", 4),
    ),
    (
        "n_array_newlines_unclosed",
        b"[\"a\",\n4\n,1,",
        "[3]",
        syntax("a value", 11),
    ),
    (
        "n_array_number_and_comma",
        b"[1,]",
        "[1]",
        syntax("a value", 3),
    ),
    (
        "n_array_number_and_several_commas",
        b"[1,,]",
        "[1]",
        syntax("a value", 3),
    ),
    (
        "n_array_spaces_vertical_tab_formfeed",
        b"[\"\x0ba\"\\f]",
        "[0]",
        syntax("an escape in place of a control character", 2),
    ),
    ("n_array_star_inside", b"[*]", "[0]", syntax("a value", 1)),
    ("n_array_unclosed", br#"["""#, "", syntax("`,` or `]`", 3)),
    (
        "n_array_unclosed_trailing_comma",
        b"[1,",
        "[1]",
        syntax("a value", 3),
    ),
    (
        "n_array_unclosed_with_new_lines",
        b"[1,\n1\n,1",
        "",
        syntax("`,` or `]`", 8),
    ),
    (
        "n_array_unclosed_with_object_inside",
        b"[{}",
        "",
        syntax("`,` or `]`", 3),
    ),
    ("n_incomplete_false", b"[fals]", "[0]", syntax("a value", 1)),
    ("n_incomplete_null", b"[nul]", "[0]", syntax("a value", 1)),
    ("n_incomplete_true", b"[tru]", "[0]", syntax("a value", 1)),
    (
        "n_multidigit_number_then_00",
        b"123\0",
        "",
        PayloadProblem::TrailingData { offset: 3 },
    ),
    ("n_number_++", b"[++1234]", "[0]", syntax("a value", 1)),
    ("n_number_+1", b"[+1]", "[0]", syntax("a value", 1)),
    ("n_number_+Inf", b"[+Inf]", "[0]", syntax("a value", 1)),
    ("n_number_-01", b"[-01]", "", syntax("`,` or `]`", 3)),
    ("n_number_-1.0.", b"[-1.0.]", "", syntax("`,` or `]`", 5)),
    ("n_number_-2.", b"[-2.]", "[0]", syntax("a digit", 4)),
    ("n_number_-NaN", b"[-NaN]", "[0]", syntax("a digit", 2)),
    ("n_number_.-1", b"[.-1]", "[0]", syntax("a value", 1)),
    ("n_number_.2e-3", b"[.2e-3]", "[0]", syntax("a value", 1)),
    ("n_number_0.1.2", b"[0.1.2]", "", syntax("`,` or `]`", 4)),
    ("n_number_0.3e", b"[0.3e]", "[0]", syntax("a digit", 5)),
    ("n_number_0.3e+", b"[0.3e+]", "[0]", syntax("a digit", 6)),
    ("n_number_0.e1", b"[0.e1]", "[0]", syntax("a digit", 3)),
    ("n_number_0_capital_E", b"[0E]", "[0]", syntax("a digit", 3)),
    (
        "n_number_0_capital_E+",
        b"[0E+]",
        "[0]",
        syntax("a digit", 4),
    ),
    ("n_number_0e", b"[0e]", "[0]", syntax("a digit", 3)),
    ("n_number_0e+", b"[0e+]", "[0]", syntax("a digit", 4)),
    ("n_number_1.0e", b"[1.0e]", "[0]", syntax("a digit", 5)),
    ("n_number_1.0e+", b"[1.0e+]", "[0]", syntax("a digit", 6)),
    ("n_number_1.0e-", b"[1.0e-]", "[0]", syntax("a digit", 6)),
    ("n_number_1_000", b"[1 000.0]", "", syntax("`,` or `]`", 3)),
    ("n_number_1eE2", b"[1eE2]", "[0]", syntax("a digit", 3)),
    ("n_number_2.e+3", b"[2.e+3]", "[0]", syntax("a digit", 3)),
    ("n_number_2.e-3", b"[2.e-3]", "[0]", syntax("a digit", 3)),
    ("n_number_2.e3", b"[2.e3]", "[0]", syntax("a digit", 3)),
    ("n_number_9.e+", b"[9.e+]", "[0]", syntax("a digit", 3)),
    ("n_number_Inf", b"[Inf]", "[0]", syntax("a value", 1)),
    ("n_number_NaN", b"[NaN]", "[0]", syntax("a value", 1)),
    (
        "n_number_U+FF11_fullwidth_digit_one",
        b"[\xef\xbc\x91]",
        "[0]",
        syntax("a value", 1),
    ),
    ("n_number_expression", b"[1+2]", "", syntax("`,` or `]`", 2)),
    (
        "n_number_hex_1_digit",
        b"[0x1]",
        "",
        syntax("`,` or `]`", 2),
    ),
    (
        "n_number_hex_2_digits",
        b"[0x42]",
        "",
        syntax("`,` or `]`", 2),
    ),
    (
        "n_number_infinity",
        b"[Infinity]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_number_invalid+-",
        b"[0e+-1]",
        "[0]",
        syntax("a digit", 4),
    ),
    (
        "n_number_invalid-negative-real",
        b"[-123.123foo]",
        "",
        syntax("`,` or `]`", 9),
    ),
    (
        "n_number_invalid-utf-8-in-bigger-int",
        b"[123\xe5]",
        "",
        PayloadProblem::NotUtf8 { offset: 4 },
    ),
    (
        "n_number_invalid-utf-8-in-exponent",
        b"[1e1\xe5]",
        "",
        PayloadProblem::NotUtf8 { offset: 4 },
    ),
    (
        "n_number_invalid-utf-8-in-int",
        b"[0\xe5]\n",
        "",
        PayloadProblem::NotUtf8 { offset: 2 },
    ),
    (
        "n_number_minus_infinity",
        b"[-Infinity]",
        "[0]",
        syntax("a digit", 2),
    ),
    (
        "n_number_minus_sign_with_trailing_garbage",
        b"[-foo]",
        "[0]",
        syntax("a digit", 2),
    ),
    (
        "n_number_minus_space_1",
        b"[- 1]",
        "[0]",
        syntax("a digit", 2),
    ),
    ("n_number_-00.0", b"[-00.0]", "", syntax("`,` or `]`", 3)),
    ("n_number_-00e0", b"[-00e0]", "", syntax("`,` or `]`", 3)),
    ("n_number_00.0", b"[00.0]", "", syntax("`,` or `]`", 2)),
    ("n_number_00e0", b"[00e0]", "", syntax("`,` or `]`", 2)),
    (
        "n_number_neg_int_starting_with_zero",
        b"[-012]",
        "",
        syntax("`,` or `]`", 3),
    ),
    (
        "n_number_neg_real_without_int_part",
        b"[-.123]",
        "[0]",
        syntax("a digit", 2),
    ),
    (
        "n_number_neg_with_garbage_at_end",
        b"[-1x]",
        "",
        syntax("`,` or `]`", 3),
    ),
    (
        "n_number_real_garbage_after_e",
        b"[1ea]",
        "[0]",
        syntax("a digit", 3),
    ),
    (
        "n_number_real_with_invalid_utf8_after_e",
        b"[1e\xe5]",
        "",
        PayloadProblem::NotUtf8 { offset: 3 },
    ),
    (
        "n_number_real_without_fractional_part",
        b"[1.]",
        "[0]",
        syntax("a digit", 3),
    ),
    (
        "n_number_starting_with_dot",
        b"[.123]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_number_with_alpha",
        b"[1.2a-3]",
        "",
        syntax("`,` or `]`", 4),
    ),
    (
        "n_number_with_alpha_char",
        b"[1.8011670033376514H-308]",
        "",
        syntax("`,` or `]`", 19),
    ),
    (
        "n_number_with_leading_zero",
        b"[012]",
        "",
        syntax("`,` or `]`", 2),
    ),
    (
        "n_object_bad_value",
        br#"["x", truth]"#,
        "[1]",
        syntax("a value", 6),
    ),
    (
        "n_object_bracket_key",
        b"{[: \"x\"}\n",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_comma_instead_of_colon",
        br#"{"x", null}"#,
        "",
        syntax("`:`", 4),
    ),
    (
        "n_object_double_colon",
        br#"{"x"::"b"}"#,
        "x",
        syntax("a value", 5),
    ),
    (
        "n_object_emoji",
        b"{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_garbage_at_end",
        br#"{"a":"a" 123}"#,
        "",
        syntax("`,` or `}`", 9),
    ),
    (
        "n_object_key_with_single_quotes",
        b"{key: 'value'}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_lone_continuation_byte_in_key_and_trailing_comma",
        b"{\"\xb9\":\"0\",}",
        "",
        PayloadProblem::NotUtf8 { offset: 2 },
    ),
    (
        "n_object_missing_colon",
        br#"{"a" b}"#,
        "",
        syntax("`:`", 5),
    ),
    (
        "n_object_missing_key",
        br#"{:"b"}"#,
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_missing_semicolon",
        br#"{"a" "b"}"#,
        "",
        syntax("`:`", 5),
    ),
    (
        "n_object_missing_value",
        br#"{"a":"#,
        "a",
        syntax("a value", 5),
    ),
    ("n_object_no-colon", br#"{"a""#, "", syntax("`:`", 4)),
    (
        "n_object_non_string_key",
        b"{1:1}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_non_string_key_but_huge_number_instead",
        b"{9999E9999:1}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_repeated_null_null",
        b"{null:null,null:null}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_several_trailing_commas",
        br#"{"id":0,,,,,}"#,
        "",
        syntax("a member name", 8),
    ),
    (
        "n_object_single_quote",
        b"{'a':0}",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_trailing_comma",
        br#"{"id":0,}"#,
        "",
        syntax("a member name", 8),
    ),
    (
        "n_object_trailing_comment",
        br#"{"a":"b"}/**/"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    (
        "n_object_trailing_comment_open",
        br#"{"a":"b"}/**//"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    (
        "n_object_trailing_comment_slash_open",
        br#"{"a":"b"}//"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    (
        "n_object_trailing_comment_slash_open_incomplete",
        br#"{"a":"b"}/"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    (
        "n_object_two_commas_in_a_row",
        br#"{"a":"b",,"c":"d"}"#,
        "",
        syntax("a member name", 9),
    ),
    (
        "n_object_unquoted_key",
        br#"{a: "b"}"#,
        "",
        syntax("a member name", 1),
    ),
    (
        "n_object_unterminated-value",
        br#"{"a":"a"#,
        "a",
        syntax("the end of a string", 7),
    ),
    (
        "n_object_with_single_string",
        br#"{ "foo" : "bar", "a" }"#,
        "",
        syntax("`:`", 21),
    ),
    (
        "n_object_with_trailing_garbage",
        br#"{"a":"b"}#"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    ("n_single_space", b" ", "", syntax("a value", 1)),
    (
        "n_string_1_surrogate_then_escape",
        br#"["\uD800\"]"#,
        "[0]",
        PayloadProblem::LoneSurrogate,
    ),
    (
        "n_string_1_surrogate_then_escape_u",
        br#"["\uD800\u"]"#,
        "[0]",
        syntax("four hex digits", 10),
    ),
    (
        "n_string_1_surrogate_then_escape_u1",
        br#"["\uD800\u1"]"#,
        "[0]",
        syntax("four hex digits", 10),
    ),
    (
        "n_string_1_surrogate_then_escape_u1x",
        br#"["\uD800\u1x"]"#,
        "[0]",
        syntax("four hex digits", 10),
    ),
    (
        "n_string_accentuated_char_no_quotes",
        b"[\xc3\xa9]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_string_backslash_00",
        b"[\"\\\0\"]",
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_escape_x",
        br#"["\x00"]"#,
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_escaped_backslash_bad",
        br#"["\\\"]"#,
        "[0]",
        syntax("the end of a string", 7),
    ),
    (
        "n_string_escaped_ctrl_char_tab",
        b"[\"\\\t\"]",
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_escaped_emoji",
        b"[\"\\\xf0\x9f\x8c\x80\"]",
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_incomplete_escape",
        br#"["\"]"#,
        "[0]",
        syntax("the end of a string", 5),
    ),
    (
        "n_string_incomplete_escaped_character",
        br#"["\u00A"]"#,
        "[0]",
        syntax("four hex digits", 4),
    ),
    (
        "n_string_incomplete_surrogate",
        br#"["\uD834\uDd"]"#,
        "[0]",
        syntax("four hex digits", 10),
    ),
    (
        "n_string_incomplete_surrogate_escape_invalid",
        br#"["\uD800\uD800\x"]"#,
        "[0]",
        PayloadProblem::LoneSurrogate,
    ),
    (
        "n_string_invalid-utf-8-in-escape",
        b"[\"\\u\xe5\"]",
        "",
        PayloadProblem::NotUtf8 { offset: 4 },
    ),
    (
        "n_string_invalid_backslash_esc",
        br#"["\a"]"#,
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_invalid_unicode_escape",
        br#"["\uqqqq"]"#,
        "[0]",
        syntax("four hex digits", 4),
    ),
    (
        "n_string_invalid_utf8_after_escape",
        b"[\"\\\xe5\"]",
        "",
        PayloadProblem::NotUtf8 { offset: 3 },
    ),
    (
        "n_string_leading_uescaped_thinspace",
        br#"[\u0020"asd"]"#,
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_string_no_quotes_with_bad_escape",
        br#"[\n]"#,
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_string_octal_escape",
        br#"["\101"]"#,
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_single_doublequote",
        br#"""#,
        "",
        syntax("the end of a string", 1),
    ),
    (
        "n_string_single_quote",
        b"['single quote']",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_string_single_string_no_double_quotes",
        b"abc",
        "",
        syntax("a value", 0),
    ),
    (
        "n_string_start_escape_unclosed",
        br#"["\"#,
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_string_unescaped_ctrl_char",
        b"[\"a\0a\"]",
        "[0]",
        syntax("an escape in place of a control character", 3),
    ),
    (
        "n_string_unescaped_newline",
        b"[\"new\nline\"]",
        "[0]",
        syntax("an escape in place of a control character", 5),
    ),
    (
        "n_string_unescaped_tab",
        b"[\"\t\"]",
        "[0]",
        syntax("an escape in place of a control character", 2),
    ),
    (
        "n_string_unicode_CapitalU",
        br#""\UA66D""#,
        "",
        syntax("an escape that JSON has", 2),
    ),
    (
        "n_string_with_trailing_garbage",
        br#"""x"#,
        "",
        PayloadProblem::TrailingData { offset: 2 },
    ),
    (
        "n_structure_U+2060_word_joined",
        b"[\xe2\x81\xa0]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_UTF8_BOM_no_data",
        b"\xef\xbb\xbf",
        "",
        PayloadProblem::ByteOrderMark,
    ),
    (
        "n_structure_angle_bracket_.",
        b"<.>",
        "",
        syntax("a value", 0),
    ),
    (
        "n_structure_angle_bracket_null",
        b"[<null>]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_array_trailing_garbage",
        b"[1]x",
        "",
        PayloadProblem::TrailingData { offset: 3 },
    ),
    (
        "n_structure_array_with_extra_array_close",
        b"[1]]",
        "",
        PayloadProblem::TrailingData { offset: 3 },
    ),
    (
        "n_structure_array_with_unclosed_string",
        br#"["asd]"#,
        "[0]",
        syntax("the end of a string", 6),
    ),
    (
        "n_structure_ascii-unicode-identifier",
        b"a\xc3\xa5",
        "",
        syntax("a value", 0),
    ),
    (
        "n_structure_capitalized_True",
        b"[True]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_close_unopened_array",
        b"1]",
        "",
        PayloadProblem::TrailingData { offset: 1 },
    ),
    (
        "n_structure_comma_instead_of_closing_brace",
        br#"{"x": true,"#,
        "",
        syntax("a member name", 11),
    ),
    (
        "n_structure_double_array",
        b"[][]",
        "",
        PayloadProblem::TrailingData { offset: 2 },
    ),
    ("n_structure_end_array", b"]", "", syntax("a value", 0)),
    (
        "n_structure_incomplete_UTF8_BOM",
        b"\xef\xbb{}",
        "",
        PayloadProblem::NotUtf8 { offset: 0 },
    ),
    (
        "n_structure_lone-invalid-utf-8",
        b"\xe5",
        "",
        PayloadProblem::NotUtf8 { offset: 0 },
    ),
    (
        "n_structure_lone-open-bracket",
        b"[",
        "[0]",
        syntax("a value", 1),
    ),
    ("n_structure_no_data", b"", "", syntax("a value", 0)),
    (
        "n_structure_null-byte-outside-string",
        b"[\0]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_number_with_trailing_garbage",
        b"2@",
        "",
        PayloadProblem::TrailingData { offset: 1 },
    ),
    (
        "n_structure_object_followed_by_closing_object",
        b"{}}",
        "",
        PayloadProblem::TrailingData { offset: 2 },
    ),
    (
        "n_structure_object_unclosed_no_value",
        br#"{"":"#,
        "[\"\"]",
        syntax("a value", 4),
    ),
    (
        "n_structure_object_with_comment",
        br#"{"a":/*comment*/"b"}"#,
        "a",
        syntax("a value", 5),
    ),
    (
        "n_structure_object_with_trailing_garbage",
        br#"{"a": true} "x""#,
        "",
        PayloadProblem::TrailingData { offset: 12 },
    ),
    (
        "n_structure_open_array_apostrophe",
        b"['",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_open_array_comma",
        b"[,",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_open_array_open_object",
        b"[{",
        "[0]",
        syntax("a member name", 2),
    ),
    (
        "n_structure_open_array_open_string",
        br#"["a"#,
        "[0]",
        syntax("the end of a string", 3),
    ),
    (
        "n_structure_open_array_string",
        br#"["a""#,
        "",
        syntax("`,` or `]`", 4),
    ),
    (
        "n_structure_open_object",
        b"{",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_structure_open_object_close_array",
        b"{]",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_structure_open_object_comma",
        b"{,",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_structure_open_object_open_array",
        b"{[",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_structure_open_object_open_string",
        br#"{"a"#,
        "",
        syntax("the end of a string", 3),
    ),
    (
        "n_structure_open_object_string_with_apostrophes",
        b"{'a'",
        "",
        syntax("a member name", 1),
    ),
    (
        "n_structure_open_open",
        br#"["\{["\{["\{["\{"#,
        "[0]",
        syntax("an escape that JSON has", 3),
    ),
    (
        "n_structure_single_eacute",
        b"\xe9",
        "",
        PayloadProblem::NotUtf8 { offset: 0 },
    ),
    ("n_structure_single_star", b"*", "", syntax("a value", 0)),
    (
        "n_structure_trailing_#",
        br#"{"a":"b"}#{}"#,
        "",
        PayloadProblem::TrailingData { offset: 9 },
    ),
    (
        "n_structure_uescaped_LF_before_string",
        br#"[\u000A""]"#,
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_unclosed_array",
        b"[1",
        "",
        syntax("`,` or `]`", 2),
    ),
    (
        "n_structure_unclosed_array_partial_null",
        b"[ false, nul",
        "[1]",
        syntax("a value", 9),
    ),
    (
        "n_structure_unclosed_array_unfinished_false",
        b"[ true, fals",
        "[1]",
        syntax("a value", 8),
    ),
    (
        "n_structure_unclosed_array_unfinished_true",
        b"[ false, tru",
        "[1]",
        syntax("a value", 9),
    ),
    (
        "n_structure_unclosed_object",
        br#"{"asd":"asd""#,
        "",
        syntax("`,` or `}`", 12),
    ),
    (
        "n_structure_unicode-identifier",
        b"\xc3\xa5",
        "",
        syntax("a value", 0),
    ),
    (
        "n_structure_whitespace_U+2060_word_joiner",
        b"[\xe2\x81\xa0]",
        "[0]",
        syntax("a value", 1),
    ),
    (
        "n_structure_whitespace_formfeed",
        b"[\x0c]",
        "[0]",
        syntax("a value", 1),
    ),
];

/// `i_` that are accepted: every parser that reads doubles rounds these to the same, to zero.
const ACCEPTED: &[Text] = &[
    ("i_number_double_huge_neg_exp", b"[123.456e-789]"),
    ("i_number_real_underflow", b"[123e-10000000]"),
];

/// `i_` that are refused: a parser would have to put something else in their place.
const REFUSED: &[Refused] = &[
    ("i_number_huge_exp", b"[0.4e0066999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]", "[0]", PayloadProblem::InexactNumber),
    ("i_number_neg_int_huge_exp", b"[-1e+9999]", "[0]", PayloadProblem::InexactNumber),
    ("i_number_pos_double_huge_exp", b"[1.5e+9999]", "[0]", PayloadProblem::InexactNumber),
    ("i_number_real_neg_overflow", b"[-123123e100000]", "[0]", PayloadProblem::InexactNumber),
    ("i_number_real_pos_overflow", b"[123123e100000]", "[0]", PayloadProblem::InexactNumber),
    ("i_object_key_lone_2nd_surrogate", br#"{"\uDFAA":0}"#, "", PayloadProblem::LoneSurrogate),
    ("i_string_1st_surrogate_but_2nd_missing", br#"["\uDADA"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_1st_valid_surrogate_2nd_invalid", br#"["\uD888\u1234"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_UTF-16LE_with_BOM", b"\xff\xfe[\0\"\0\xe9\0\"\0]\0", "", PayloadProblem::NotUtf8 { offset: 0 }),
    ("i_string_UTF-8_invalid_sequence", b"[\"\xe6\x97\xa5\xd1\x88\xfa\"]", "", PayloadProblem::NotUtf8 { offset: 7 }),
    ("i_string_UTF8_surrogate_U+D800", b"[\"\xed\xa0\x80\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_incomplete_surrogate_and_escape_valid", br#"["\uD800\n"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_incomplete_surrogate_pair", br#"["\uDd1ea"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_incomplete_surrogates_escape_valid", br#"["\uD800\uD800\n"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_invalid_lonely_surrogate", br#"["\ud800"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_invalid_surrogate", br#"["\ud800abc"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_invalid_utf-8", b"[\"\xff\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_inverted_surrogates_U+1D11E", br#"["\uDd1e\uD834"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_iso_latin_1", b"[\"\xe9\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_lone_second_surrogate", br#"["\uDFAA"]"#, "[0]", PayloadProblem::LoneSurrogate),
    ("i_string_lone_utf8_continuation_byte", b"[\"\x81\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_not_in_unicode_range", b"[\"\xf4\xbf\xbf\xbf\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_overlong_sequence_2_bytes", b"[\"\xc0\xaf\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_overlong_sequence_6_bytes", b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_overlong_sequence_6_bytes_null", b"[\"\xfc\x80\x80\x80\x80\x80\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_truncated-utf-8", b"[\"\xe0\xff\"]", "", PayloadProblem::NotUtf8 { offset: 2 }),
    ("i_string_utf16BE_no_BOM", b"\0[\0\"\0\xe9\0\"\0]", "", PayloadProblem::NotUtf8 { offset: 5 }),
    ("i_string_utf16LE_no_BOM", b"[\0\"\0\xe9\0\"\0]\0", "", PayloadProblem::NotUtf8 { offset: 4 }),
    ("i_structure_UTF-8_BOM_empty_object", b"\xef\xbb\xbf{}", "", PayloadProblem::ByteOrderMark),
];

/// `i_` that depend on the sender.
const BIG_INTEGERS: &[Text] = &[
    (
        "i_number_too_big_neg_int",
        b"[-123123123123123123123123123123]",
    ),
    ("i_number_too_big_pos_int", b"[100000000000000000000]"),
    (
        "i_number_very_big_negative_int",
        b"[-237462374673276894279832749832423479823246327846]",
    ),
];
