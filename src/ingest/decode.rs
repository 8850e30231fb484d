//! Content encodings: a whole body out of gzip or zstd, never more of it than is allowed.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentEncoding {
    Identity,
    Gzip,
    Zstd,
}

/// Why a body cannot be unpacked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("more than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    /// Cut off, damaged, or not in this encoding at all.
    #[error("cannot be unpacked: {0}")]
    Damaged(String),
}

/// The encoding is none of those that are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither identity, gzip nor zstd")]
pub struct UnknownEncoding;

/// Largest window of a zstd frame, as a power of two: 8 MiB, what RFC 9659 holds senders to.
const WINDOW_LOG_MAX: u32 = 23;
/// What is reserved at first, in multiples of the packed bytes.
const RATIO_EXPECTED: usize = 4;

impl ContentEncoding {
    /// From the value of a `Content-Encoding` header, empty where there is none. One encoding, not several.
    pub fn parse(header: &str) -> Result<ContentEncoding, UnknownEncoding> {
        let is = |name: &str| header.trim().eq_ignore_ascii_case(name);
        if is("") || is("identity") {
            Ok(ContentEncoding::Identity)
        } else if is("gzip") || is("x-gzip") {
            Ok(ContentEncoding::Gzip)
        } else if is("zstd") {
            Ok(ContentEncoding::Zstd)
        } else {
            Err(UnknownEncoding)
        }
    }
}

/// Unpacks a whole body. What comes out is at most `bytes_max`, and at most twice that is reserved for it
/// while it does. Members of gzip and frames of zstd may follow one another.
pub fn decode(encoding: ContentEncoding, body: Bytes, bytes_max: usize) -> Result<Bytes, DecodeError> {
    match encoding {
        ContentEncoding::Identity if body.len() > bytes_max => Err(DecodeError::TooLarge { bytes_max }),
        ContentEncoding::Identity => Ok(body),
        ContentEncoding::Gzip => read(MultiGzDecoder::new(&body[..]), body.len(), bytes_max),
        ContentEncoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(&body[..]).map_err(damaged)?;
            decoder.window_log_max(WINDOW_LOG_MAX).map_err(damaged)?;
            read(decoder, body.len(), bytes_max)
        }
    }
}

fn read(decoder: impl Read, packed_bytes: usize, bytes_max: usize) -> Result<Bytes, DecodeError> {
    let mut unpacked = Vec::with_capacity(packed_bytes.saturating_mul(RATIO_EXPECTED).min(bytes_max));
    // One byte more than is allowed tells that there is more.
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut unpacked).map_err(damaged)?;
    if unpacked.len() > bytes_max {
        return Err(DecodeError::TooLarge { bytes_max });
    }
    Ok(Bytes::from(unpacked))
}

fn damaged(error: std::io::Error) -> DecodeError {
    DecodeError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use ContentEncoding::{Gzip, Identity, Zstd};

    const PLENTY: usize = 1 << 20;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn pack(encoding: ContentEncoding, bytes: &[u8]) -> Vec<u8> {
        match encoding {
            Identity => bytes.to_vec(),
            Gzip => gzip(bytes),
            Zstd => zstd::encode_all(bytes, 3).unwrap(),
        }
    }

    #[test]
    fn encodings_are_known_by_name() {
        let table = [
            ("", Ok(Identity)),
            ("identity", Ok(Identity)),
            ("gzip", Ok(Gzip)),
            (" GZip ", Ok(Gzip)),
            ("x-gzip", Ok(Gzip)),
            ("zstd", Ok(Zstd)),
            ("br", Err(UnknownEncoding)),
            ("deflate", Err(UnknownEncoding)),
            ("gzip, zstd", Err(UnknownEncoding)),
        ];
        for (header, want) in table {
            assert_eq!(ContentEncoding::parse(header), want, "{header:?}");
        }
    }

    #[test]
    fn what_is_packed_comes_out_whole_up_to_the_limit() {
        let body: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        for encoding in [Identity, Gzip, Zstd] {
            let packed = Bytes::from(pack(encoding, &body));
            assert_eq!(decode(encoding, packed.clone(), body.len()).unwrap(), body, "{encoding:?}");
            let bytes_max = body.len() - 1;
            let too_large = Err(DecodeError::TooLarge { bytes_max });
            assert_eq!(decode(encoding, packed, bytes_max), too_large, "{encoding:?}, one byte too many");
            let two = [pack(encoding, b"one\n"), pack(encoding, b"two\n")].concat();
            assert_eq!(decode(encoding, two.into(), PLENTY).unwrap(), "one\ntwo\n", "{encoding:?}, twice");
            assert_eq!(
                decode(encoding, pack(encoding, b"").into(), PLENTY).unwrap(),
                "",
                "{encoding:?}, empty"
            );
        }
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_told_wherever_it_happens() {
        let body = b"{\"id\":\"m-1\"}\n".repeat(100);
        for encoding in [Gzip, Zstd] {
            let packed = pack(encoding, &body);
            for length in 1..packed.len() {
                let cut = decode(encoding, Bytes::copy_from_slice(&packed[..length]), PLENTY);
                assert!(matches!(cut, Err(DecodeError::Damaged(_))), "{encoding:?} cut to {length}: {cut:?}");
            }
            let followed = [packed, b"and more".to_vec()].concat();
            let plain = Bytes::copy_from_slice(&body);
            for body in [followed.into(), plain] {
                let read = decode(encoding, body, PLENTY);
                assert!(matches!(read, Err(DecodeError::Damaged(_))), "{encoding:?}: {read:?}");
            }
        }
        let mut wrong_sum = gzip(&body);
        let at = wrong_sum.len() - 8;
        wrong_sum[at] ^= 1;
        assert!(matches!(decode(Gzip, wrong_sum.into(), PLENTY), Err(DecodeError::Damaged(_))), "checksum");
    }

    #[test]
    fn a_bomb_is_too_large_and_a_huge_window_is_refused() {
        let zeros = vec![0; 64 << 20];
        for encoding in [Gzip, Zstd] {
            let bomb = pack(encoding, &zeros);
            let want = Err(DecodeError::TooLarge { bytes_max: PLENTY });
            assert_eq!(decode(encoding, bomb.into(), PLENTY), want, "{encoding:?}");
        }
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(WINDOW_LOG_MAX + 1).unwrap();
        encoder.write_all(&zeros).unwrap();
        let wide = decode(Zstd, encoder.finish().unwrap().into(), 128 << 20);
        assert!(matches!(wide, Err(DecodeError::Damaged(_))), "a window of 16 MiB: {wide:?}");
    }
}
