//! Downloads made smaller on their way, as the client says it can take them (RFC 9110, section 12.5.3).

use std::io::{self, Write};

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, ContentEncoding, Encoding, Header as _};
use flate2::write::GzEncoder;

/// An export shares two cores with the traffic: small enough beats smallest.
const GZIP_LEVEL: u32 = 2;
const ZSTD_LEVEL: i32 = 1;

/// How an answer is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    #[default]
    None,
    Gzip,
    Zstd,
}

/// Packs what is written.
pub enum Packed<W: Write> {
    None(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl Packing {
    /// What the client likes best of what there is; where it says nothing, nothing is packed.
    pub fn asked(request: &HttpRequest) -> Packing {
        let known = [Encoding::identity(), Encoding::gzip(), Encoding::zstd()];
        let asked = AcceptEncoding::parse(request)
            .ok()
            .filter(|_| request.headers().contains_key(AcceptEncoding::name()));
        match asked.and_then(|asked| asked.negotiate(known.iter())) {
            Some(Encoding::Known(ContentEncoding::Gzip)) => Packing::Gzip,
            Some(Encoding::Known(ContentEncoding::Zstd)) => Packing::Zstd,
            // Whoever takes nothing that there is gets it as it is, as HTTP allows.
            _ => Packing::None,
        }
    }

    /// The value of `Content-Encoding`.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Packing::None => None,
            Packing::Gzip => Some("gzip"),
            Packing::Zstd => Some("zstd"),
        }
    }

    pub fn pack<W: Write>(self, out: W) -> io::Result<Packed<W>> {
        Ok(match self {
            Packing::None => Packed::None(out),
            Packing::Gzip => Packed::Gzip(GzEncoder::new(out, flate2::Compression::new(GZIP_LEVEL))),
            Packing::Zstd => Packed::Zstd(zstd::Encoder::new(out, ZSTD_LEVEL)?),
        })
    }
}

impl<W: Write> Packed<W> {
    /// Writes what is left.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Packed::None(out) => Ok(out),
            Packed::Gzip(out) => out.finish(),
            Packed::Zstd(out) => out.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packed::None(out) => out.write(bytes),
            Packed::Gzip(out) => out.write(bytes),
            Packed::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packed::None(out) => out.flush(),
            Packed::Gzip(out) => out.flush(),
            Packed::Zstd(out) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_the_client_likes_best_is_taken_and_nothing_is_packed_unasked() {
        let table = [
            ("gzip", Packing::Gzip),
            // Of what it likes alike the faster.
            ("gzip, deflate, br, zstd", Packing::Zstd),
            ("zstd, gzip", Packing::Zstd),
            ("gzip;q=0.5, zstd;q=0.9", Packing::Zstd),
            ("gzip;q=0", Packing::None),
            ("br", Packing::None),
            ("identity", Packing::None),
            ("identity, gzip;q=0.5", Packing::None),
            ("*", Packing::None),
            ("", Packing::None),
        ];
        for (header, want) in table {
            let request = TestRequest::default().insert_header((ACCEPT_ENCODING, header)).to_http_request();
            assert_eq!(Packing::asked(&request), want, "{header:?}");
        }
        assert_eq!(Packing::asked(&TestRequest::default().to_http_request()), Packing::None, "no header");
    }

    #[test]
    fn what_is_packed_unpacks() {
        let text = b"to the last unit\r\n".repeat(10_000);
        for packing in [Packing::None, Packing::Gzip, Packing::Zstd] {
            let mut packed = packing.pack(Vec::new()).unwrap();
            packed.write_all(&text).unwrap();
            let packed = packed.finish().unwrap();
            let mut found = Vec::new();
            match packing {
                Packing::None => found.clone_from(&packed),
                Packing::Gzip => {
                    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut found).unwrap();
                }
                Packing::Zstd => found = zstd::decode_all(&packed[..]).unwrap(),
            }
            assert!(found == text, "{packing:?}");
        }
    }
}
