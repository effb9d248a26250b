//! What a file is: packed or not, in which encoding, in which form, with which marks.

use std::io::Read as _;

/// Largest file after unpacking.
const MOST_BYTES: u64 = 1 << 30;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON document.
    Json,
    /// One JSON document a line.
    JsonLines,
    /// Values with a separator.
    Csv {
        /// The separator.
        delimiter: u8,
    },
}

/// A file's text, and how it was read.
#[derive(Debug)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Name of the encoding it was in.
    pub encoding: &'static str,
}

/// Unpacks and decodes. UTF-8 and UTF-16 are known by their mark or their bytes; anything else is taken
/// for the legacy encoding its bytes look most like.
///
/// # Errors
/// In words, when the bytes cannot be unpacked.
pub fn text(bytes: &[u8]) -> Result<Text, String> {
    let bytes = unpack(bytes)?;
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return Ok(Text { text: text.into_owned(), encoding: encoding.name() });
    }
    if let Some(encoding) = utf16_by_zeros(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        return Ok(Text { text: text.into_owned(), encoding: encoding.name() });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text { text, encoding: "UTF-8" }),
        Err(error) => {
            let bytes = error.into_bytes();
            let mut detector = chardetng::EncodingDetector::new();
            detector.feed(&bytes, true);
            let encoding = detector.guess(None, false);
            let (text, _) = encoding.decode_without_bom_handling(&bytes);
            Ok(Text { text: text.into_owned(), encoding: encoding.name() })
        }
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes.to_vec());
    }
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut unpacked);
    match read {
        Ok(length) if length as u64 > MOST_BYTES => Err("the file is larger than 1 GiB when unpacked".to_owned()),
        Ok(_) => Ok(unpacked),
        Err(error) => Err(format!("the file is gzipped but cannot be unpacked: {error}")),
    }
}

/// UTF-16 without a mark: nearly every other byte of ASCII text is zero.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let sample = &bytes[..bytes.len().min(512)];
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let half = sample.len() / 2;
    if half < 2 {
        return None;
    }
    if zeros(1) * 10 > half * 8 && zeros(0) * 10 < half {
        Some(encoding_rs::UTF_16LE)
    } else if zeros(0) * 10 > half * 8 && zeros(1) * 10 < half {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

/// The form of a text.
pub fn form(text: &str) -> Form {
    let start = text.trim_start();
    if start.starts_with('[') {
        return Form::Json;
    }
    if start.starts_with('{') {
        let first = start.lines().next().unwrap_or("");
        let whole_line = serde_json::from_str::<serde_json::Value>(first).is_ok();
        return if whole_line { Form::JsonLines } else { Form::Json };
    }
    Form::Csv { delimiter: delimiter(text) }
}

/// The separator that stands equally often in the first lines, outside quotes.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(5).collect();
    let count = |line: &str, mark: u8| {
        let mut quoted = false;
        line.bytes()
            .filter(|b| {
                if *b == b'"' {
                    quoted = !quoted
                }
                !quoted && *b == mark
            })
            .count()
    };
    let head = lines.first().copied().unwrap_or("");
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|mark| (count(head, *mark), usize::from(*mark == b','))).unwrap_or(b',')
}

/// Whether numbers of a column are written with a decimal comma: most of them look like `1.299,00` or
/// `12,50`, and none like `12.50`.
pub fn decimal_comma<'a>(values: impl Iterator<Item = &'a str>) -> bool {
    let (mut comma, mut point) = (0, 0);
    for value in values {
        let digits: String = value.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
        match (digits.rfind(','), digits.rfind('.')) {
            (Some(c), Some(p)) if c > p => comma += 1,
            (Some(_), Some(_)) => point += 1,
            (Some(c), None) if digits.len() - c - 1 != 3 => comma += 1,
            (None, Some(p)) if digits.len() - p - 1 != 3 => point += 1,
            _ => {}
        }
    }
    comma > point
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn encodings_are_told_apart() {
        let utf16: Vec<u8> = "sku,name\nA,Kühl\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all("Kühl".as_bytes()).unwrap();
        for (bytes, expected, encoding) in [
            ("Kühl".as_bytes().to_vec(), "Kühl", "UTF-8"),
            ([b"\xef\xbb\xbf", "Kühl".as_bytes()].concat(), "Kühl", "UTF-8"),
            (utf16.clone(), "sku,name\nA,Kühl\n", "UTF-16LE"),
            ([&[0xff, 0xfe][..], &utf16].concat(), "sku,name\nA,Kühl\n", "UTF-16LE"),
            (b"name\nK\xfchlschrank gr\xf6\xdfer\n".to_vec(), "name\nKühlschrank größer\n", "windows-1252"),
            (packed.finish().unwrap(), "Kühl", "UTF-8"),
        ] {
            let read = text(&bytes).unwrap();
            assert_eq!((read.text.as_str(), read.encoding), (expected, encoding));
        }
        assert!(text(&[0x1f, 0x8b, 1, 2]).is_err());
    }

    #[test]
    fn forms_and_marks_are_told_apart() {
        for (text, expected) in [
            ("[{\"a\":1}]", Form::Json),
            ("{\"a\":1}\n{\"a\":2}\n", Form::JsonLines),
            ("{\n\"a\":1}\n", Form::Json),
            ("sku,name\n", Form::Csv { delimiter: b',' }),
            ("sku;name;price\nA;\"x,y,z,w\";1,5\n", Form::Csv { delimiter: b';' }),
            ("sku\tname\n", Form::Csv { delimiter: b'\t' }),
            ("sku|name\n", Form::Csv { delimiter: b'|' }),
        ] {
            assert_eq!(form(text), expected, "{text}");
        }
        assert!(decimal_comma(["1.299,00", "12,50", "7"].into_iter()));
        assert!(!decimal_comma(["1,299.00", "12.50", "1,000"].into_iter()));
    }
}
