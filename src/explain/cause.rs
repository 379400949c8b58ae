//! Every cause that there is, with what it means and what to do about it: the one place for both the
//! answers and their documentation.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;

use serde::{Serialize, Serializer};

/// How sure a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Undoing it makes the signature match, or the verifier itself says so.
    Certain,
    /// There is a reason to think so, and no proof.
    Likely,
}

/// A reason why a callback does not verify. Nothing in it is or holds a part of a key, of a valid
/// signature or of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The reason.
    pub code: CauseCode,
    /// How sure it is.
    pub certainty: Certainty,
    /// What happened, for people.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// A cause before it is known how sure it is, with what shows it.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) code: CauseCode,
    pub(super) evidence: Cow<'static, str>,
}

impl Finding {
    pub(super) fn new(code: CauseCode, evidence: impl Into<Cow<'static, str>>) -> Self {
        let evidence = evidence.into();
        Self { code, evidence }
    }

    pub(super) fn cause(&self, certainty: Certainty) -> Cause {
        let message = if self.evidence.is_empty() {
            self.code.meaning().to_owned()
        } else {
            format!("{}: {}", self.code.meaning(), self.evidence)
        };
        Cause {
            code: self.code,
            certainty,
            message,
            fix: self.code.fix(),
        }
    }
}

const RAW_BODY: &str = "verify the raw bytes, before anything parses them. Express: mount express.raw({ type: \"*/*\" }) on this route before express.json() and pass req.body. Next.js: await request.text() in a route handler; in an API route export const config = { api: { bodyParser: false } } and collect the stream. Workers: await request.arrayBuffer(), or verifyRequest(request)";
const RAW_TEXT: &str = "pass the bytes as they came, without decoding, trimming or editing them: a Buffer or Uint8Array in place of a string, and for a test a file that no editor has touched";
const ENVIRONMENT: &str = "correct the environment variable or secret store (an .env file wants NAME=value, without quotation marks where the platform takes them literally, and printf '%s' instead of echo), then restart";
const PROXY_HEADERS: &str = "look at what stands between the sender and your handler (nginx, API gateway, CDN, a framework's header helper) and pass the request's headers on as they came: req.headers in Node and Express, request.headers in Next.js and Workers";

/// Makes the codes of causes from their table: variant, name, meaning, fix.
macro_rules! causes {
    ($($variant:ident = $name:literal, $meaning:literal, $fix:expr;)*) => {
        /// The stable name of a cause. Adding one is a minor version.
        ///
        /// The order is that in which causes are told: how often each is met in practice.
        #[non_exhaustive]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CauseCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl Serialize for CauseCode {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl CauseCode {
            /// Every code, in the order in which causes are told.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it is written in answers.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                }
            }

            /// What to do about it.
            #[must_use]
            pub const fn fix(self) -> &'static str {
                match self {
                    $(Self::$variant => $fix,)*
                }
            }
        }
    };
}

causes! {
    BodyReserialized = "body_reserialized", "the body was parsed and re-serialized before it was verified",
        RAW_BODY;
    BodyLost = "body_lost", "the body did not arrive here",
        "something has read the request's stream before, or an object was turned into text. Read the body once, as bytes, and verify those: express.raw({ type: \"*/*\" }) in Express, await request.arrayBuffer() in Next.js and Workers. A GET has no body: pass an empty one";
    KeyWhiteSpace = "key_white_space", "there is white space or a line break in the key",
        ENVIRONMENT;
    KeyQuotes = "key_quotes", "there are quotation marks around the key",
        ENVIRONMENT;
    KeyPrefix = "key_prefix", "the key has an extra prefix, or lacks its own",
        "copy the whole key again from where the sender shows or publishes it, and do not cut off or add anything before it";
    KeyEncoding = "key_encoding", "the key was decoded in the wrong format",
        "pass the key in the form that the message names: bytes as a Uint8Array (Buffer.from(key, \"base64\") or Buffer.from(key, \"hex\")), or correct the member `key` of a descriptor of your own";
    KeyAssignment = "key_assignment", "the key came with the name of its variable before it",
        "remove the name and the equals sign: the variable's value is the key alone";
    KeyLineBreaks = "key_line_breaks", "the line breaks of the key are written as a backslash and an n",
        "restore them where the key is read: process.env.NAME.replaceAll(\"\\\\n\", \"\\n\")";
    OtherSender = "other_sender", "the callback is signed by a different sender",
        "set `sender` to the name in the message, or give each sender a route of its own";
    TimestampTooOld = "timestamp_too_old", "the callback is genuine, but older than the tolerance allows",
        "correct the clock (chronyc tracking or timedatectl on the server). If the clock is right, this is a replay, a delayed retry, or a recorded test: sign tests again, or pass the time of the recording as `now`";
    TimestampTooNew = "timestamp_too_new", "the callback is genuine, but further in the future than the tolerance allows",
        "correct the clock: the server's runs behind (chronyc tracking or timedatectl shows by how much)";
    TimestampUnit = "timestamp_unit", "the timestamp is in the wrong unit",
        "sign with Math.floor(Date.now() / 1000) if the sender uses seconds and with Date.now() if it uses milliseconds, or correct `timestamp.unit` of a descriptor of your own";
    ClockUnit = "clock_unit", "the receiver's clock does not return milliseconds",
        "return milliseconds: now: () => Date.now()";
    HeaderMissing = "header_missing", "a header that is signed or holds the signature did not arrive",
        PROXY_HEADERS;
    RequestIncomplete = "request_incomplete", "the sender signs the request's method or URL, and it was not passed",
        "pass the method and the URL with which the sender called beside headers and body (verifyRequest(request) takes them from a Fetch request). If the sender signs more of the URL than its query, set the verifier's option `url` to the one that is registered with the sender";
    HeaderRenamed = "header_renamed", "a header arrived under another name",
        PROXY_HEADERS;
    HeaderRepeated = "header_repeated", "a header arrived more than once, and its values were joined with a comma",
        "let one layer alone set the header: a proxy adds it a second time (nginx proxy_set_header, an API gateway's mapping), or a retry copies it";
    HeaderWhiteSpace = "header_white_space", "there is white space around a header's value",
        PROXY_HEADERS;
    HeaderQuotes = "header_quotes", "there are quotation marks around a header's value",
        PROXY_HEADERS;
    HeaderUrlEncoded = "header_url_encoded", "a header's value is URL-encoded, or was decoded as if it had been",
        PROXY_HEADERS;
    SignatureTruncated = "signature_truncated", "the end of the signature is missing",
        "look for a limit on the length of header values: a column in which headers are stored, a log from which they were copied, a gateway's mapping";
    SignatureTrailing = "signature_trailing", "the signature is followed by extra characters",
        "do not trim it in the handler, which would trim forged values, too: find what appends to the header's value, or what reads two headers as one";
    SignatureCase = "signature_case", "the letter case of the signature was changed, and base64 is case-sensitive",
        "pass header values on unchanged: something lower-cases or upper-cases them, which is right for names only";
    SignatureEncoding = "signature_encoding", "the signature is not in the sender's encoding",
        "write it as the sender does where it is made or passed on (digest(\"hex\") against digest(\"base64\")), or correct `signature.encoding` of a descriptor of your own";
    SignaturePrefix = "signature_prefix", "the signature has an extra prefix or label, or lacks its own",
        "pass the header's whole value, as it came, and do not split it; in a descriptor of your own correct `signature.prefix` or the labels in `algorithm`";
    SignatureAlgorithm = "signature_algorithm", "the signature was not made with the sender's algorithm",
        "sign with the sender's algorithm, choose the header that it signs with this one, or correct `algorithm` of a descriptor of your own";
    SignedBytes = "signed_bytes", "the signature covers other parts of the callback than the sender signs",
        "sign what the sender signs (sign() of this package does), check that `sender` is the right one, or correct `signed` of a descriptor of your own";
    OtherId = "other_id", "the signature was made for a different id",
        "keep the headers of one delivery together: a retry or a queue has sent the headers of one message with those of another";
    OtherTimestamp = "other_timestamp", "the signature was made for a different timestamp",
        "keep the headers of one delivery together: a retry or a proxy changed the timestamp without signing again";
    UrlChanged = "url_changed", "the URL is not the one that the sender signed",
        "pass the URL as it was called, before a proxy, a rewrite or a router changes its query (req.originalUrl in Express). If the sender signs more of it than the query, set the verifier's option `url` to the URL exactly as it is registered with the sender: scheme, host, path, slash and query";
    HeadersUnsigned = "headers_unsigned", "the signature covers no header, so anybody could choose the event's type and id",
        "let the sender sign headers, too (v1, with their names in h). If it cannot, set dangerouslyAllowUnsignedHeaders: true and believe neither event.type nor event.id";
    UrlUnsigned = "url_unsigned", "the signature does not cover the URL, so the callback may be for another customer of the sender",
        "let the sender call by GET, and pass the request's method. If it has to be POST, set dangerouslyAllowUnsignedUrl: true and compare what the payload says with your own records, such as the address that was paid to";
    MethodChanged = "method_changed", "the method is not the one that the sender used and signed",
        "pass the method with which the sender called as `method`, in capital letters";
    BodyNewline = "body_newline", "white space at an end of the body was added or lost",
        RAW_TEXT;
    BodyLineBreaks = "body_line_breaks", "the line breaks of the body were changed",
        RAW_TEXT;
    BodyByteOrderMark = "body_byte_order_mark", "a byte order mark before the body was added or lost",
        RAW_TEXT;
    BodyCharset = "body_charset", "the body was decoded or encoded in another character set than it was signed in",
        RAW_TEXT;
    BodyCompressed = "body_compressed", "the body is still compressed, and the sender signed what is in it",
        "decompress before verifying: a receiver and verifyRequest() do so as content-encoding says, unless a proxy has removed it; express.raw() with its default inflate: true; in Node zlib.gunzipSync(body)";
    BodyBase64 = "body_base64", "the body is base64 of what the sender signed",
        "decode it first: in AWS Lambda Buffer.from(event.body, \"base64\") if event.isBase64Encoded";
    BodyForm = "body_form", "the body was decoded or encoded as a form",
        "verify the raw bytes, before express.urlencoded(), request.formData() or a query-string library reads them: express.raw({ type: \"*/*\" }) in Express, await request.arrayBuffer() in Next.js and Workers";
    BodyDoubleEncoded = "body_double_encoded", "the body was turned into a JSON string, or out of one",
        "remove the extra JSON.stringify or JSON.parse, of the body or of the event that contains it; pass the text itself";
    BodyBytesAsText = "body_bytes_as_text", "the body is a list of numbers, one for each byte that the sender signed",
        "pass the Buffer or Uint8Array itself: String(bytes) and JSON.stringify(bytes) turn it into a list";
    KeyRefused = "key_refused", "the verifier refuses a key",
        "correct the key as the message says; createVerifier throws the same when the server starts";
    KeyKind = "key_kind", "no key is of a kind that could have made the signature",
        "give the key that belongs to this kind of signature: a shared secret for an HMAC, the sender's public key for the others";
    KeyUnknown = "key_unknown", "the callback names a key that is not among the keys",
        "add the key with this id: the sender has rotated its keys, or the callback is from its other environment (test against live)";
    KeyOfOtherId = "key_of_other_id", "the signature matches a key that is configured under a different id",
        "correct the ids: two keys were mixed up where they are configured";
    OtherKey = "other_key", "the signature matches a key other than the first",
        "nothing, during a rotation. Otherwise the key belongs to another environment (test against live) or endpoint: give each its own";
    BodyTooLarge = "body_too_large", "the body is longer than the limit",
        "raise maxBodyBytes, if the sender does send bodies of this size";
    HeaderMalformed = "header_malformed", "a header does not have the form that the sender documents",
        "compare the header's value with the sender's documentation, and check that `sender` is the right one";
    SignatureMalformed = "signature_malformed", "the member of the body that holds the signature is not there, or has another form",
        "check that `sender` is the right one, and that nothing between the sender and you changes the body";
    PayloadUnexpected = "payload_unexpected", "the callback is genuine and fresh, but its content does not follow the format",
        "if this is another sender's format, pass its name as `sender`; otherwise report the path in the message to the sender";
    BodyDecompressed = "body_decompressed", "the body may have been decompressed, and the sender may have signed the compressed bytes",
        "pass the bytes as they came over the wire (express.raw({ inflate: false })), or ask the sender to send without content-encoding";
    BodyLength = "body_length", "the body is not as long as content-length says",
        RAW_BODY;
    KeyWrong = "key_wrong", "everything is well formed but nothing matches, so the key is most likely the wrong one",
        "copy the key again from where the sender shows or publishes it: that of this environment (test against live) and of this endpoint, after its latest rotation. During a rotation pass both keys. If it is the right one, what is signed was changed in a way that cannot be undone: verify the raw bytes of the body or, of a GET, the URL with its query as it was called";
    SearchIncomplete = "search_incomplete", "the search ended before everything was tried",
        "explain with the one key that should match, and with a smaller callback of the same kind if there is one";
}
