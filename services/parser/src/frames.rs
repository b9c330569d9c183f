//! What the parser and its reader processes say to each other: frames of a length (four bytes, big endian) and so many bytes.
//!
//! A request is two frames, its header as JSON and the document. The answer is the request's number as soon as the document is
//! taken, then what is asked of its reports as JSON, then each report's own JSON in a frame of its own. The number tells whether a process that died had begun on the document.
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::readout::Head;

/// Longest frame. The largest document that is read has 16 MiB, and its reports take about twice its size.
pub(crate) const MOST: usize = 64 * 1024 * 1024;

/// Header of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// Counts the requests of one process.
    pub(crate) number: u64,
    /// Media type as declared.
    pub(crate) content_type: Option<String>,
    /// Address of the document.
    pub(crate) url: String,
}

/// What comes before the reports of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// As [`Readout::text_hash`](crate::readout::Readout::text_hash).
    pub(crate) text_hash: String,
    /// One a report; as many frames follow.
    pub(crate) heads: Vec<Head>,
}

/// Writes a frame.
pub(crate) fn put(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&length(bytes)?)?;
    output.write_all(bytes)?;
    output.flush()
}

/// Reads a frame; `None` when the other side has ended before one.
pub(crate) fn take(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(4);
    input.by_ref().take(4).read_to_end(&mut head)?;
    let Some(length) = announced(&head)? else { return Ok(None) };
    let mut bytes = Vec::new();
    input.by_ref().take(length as u64).read_to_end(&mut bytes)?;
    whole(bytes, length).map(Some)
}

/// Writes a frame.
pub(crate) async fn send(output: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    output.write_all(&length(bytes)?).await?;
    output.write_all(bytes).await?;
    output.flush().await
}

/// Reads a frame; `None` when the other side has ended before one.
pub(crate) async fn receive(input: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::with_capacity(4);
    (&mut *input).take(4).read_to_end(&mut head).await?;
    let Some(length) = announced(&head)? else { return Ok(None) };
    let mut bytes = Vec::new();
    input.take(length as u64).read_to_end(&mut bytes).await?;
    whole(bytes, length).map(Some)
}

fn length(bytes: &[u8]) -> io::Result<[u8; 4]> {
    match u32::try_from(bytes.len()) {
        Ok(length) if bytes.len() <= MOST => Ok(length.to_be_bytes()),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("a frame of {} bytes; at most {MOST} are sent", bytes.len()),
        )),
    }
}

/// The length that four bytes announce; memory is taken as bytes come, never on a promise.
fn announced(head: &[u8]) -> io::Result<Option<usize>> {
    let Ok(head) = <[u8; 4]>::try_from(head) else {
        return if head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
    };
    match usize::try_from(u32::from_be_bytes(head)) {
        Ok(length) if length <= MOST => Ok(Some(length)),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a frame of {} bytes is announced; at most {MOST} are taken", u32::from_be_bytes(head)),
        )),
    }
}

fn whole(bytes: Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in_and_the_end_is_told() {
        let mut wire = Vec::new();
        for frame in [b"".as_slice(), b"one", &[0; 70_000]] {
            put(&mut wire, frame).unwrap();
        }
        let mut input = wire.as_slice();
        assert_eq!(take(&mut input).unwrap().unwrap(), b"");
        assert_eq!(take(&mut input).unwrap().unwrap(), b"one");
        assert_eq!(take(&mut input).unwrap().unwrap(), [0; 70_000]);
        assert!(take(&mut input).unwrap().is_none());
    }

    #[tokio::test]
    async fn both_sides_write_the_same_bytes() {
        let (mut sent, mut wire) = (Vec::new(), Vec::new());
        send(&mut sent, b"frame").await.unwrap();
        put(&mut wire, b"frame").unwrap();
        assert_eq!(sent, wire);
        let mut input = sent.as_slice();
        assert_eq!(receive(&mut input).await.unwrap().unwrap(), b"frame");
        assert!(receive(&mut input).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_broken_frame_is_no_shorter_frame() {
        for wire in [[0, 0].as_slice(), &[0, 0, 0, 3, b'a', b'b']] {
            let cut = io::ErrorKind::UnexpectedEof;
            assert_eq!(take(&mut &*wire).unwrap_err().kind(), cut);
            assert_eq!(receive(&mut &*wire).await.unwrap_err().kind(), cut);
        }
    }

    #[tokio::test]
    async fn too_long_a_frame_is_refused_before_it_is_read() {
        let wire = [0xFF; 8];
        assert_eq!(take(&mut wire.as_slice()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(receive(&mut wire.as_slice()).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let long = vec![0; MOST + 1];
        assert_eq!(put(&mut io::sink(), &long).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
